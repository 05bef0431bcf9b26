import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Seeded } from '../seeded';

/** Third-party double: a language model that takes its time and says the report in other words. Long answers cost nothing. */
export class SlowModel implements AsyncDisposable {
  private constructor(private readonly server: Server) {}

  static async open(random: Seeded, fromMs: number, toMs: number): Promise<SlowModel> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        void wait(random.between(fromMs, toMs)).then(() => {
          response.setHeader('content-type', 'application/json').end(answerTo(Buffer.concat(parts).toString()));
        });
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SlowModel(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

function answerTo(asked: string): string {
  const { messages } = JSON.parse(asked) as { messages: { role: string; content: string }[] };
  const report = messages.find(({ role }) => role === 'user')?.content ?? '';
  const message = { role: 'assistant', content: `Here is what we found.\n${report}` };
  return JSON.stringify({ choices: [{ index: 0, finish_reason: 'stop', message }] });
}
