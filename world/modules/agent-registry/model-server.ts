import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createLanguageModel, type LanguageModel } from '../../../ssot/agent-registry';

type Answer = (report: string, asked: number, response: ServerResponse) => void;
const say =
  (words: (report: string) => string, finish = 'stop'): Answer =>
  (report, _, response) => {
    response.setHeader('content-type', 'application/json');
    const message = { role: 'assistant', content: words(report) };
    response.end(JSON.stringify({ choices: [{ index: 0, finish_reason: finish, message }] }));
  };
const rephrase = (report: string): string => `Here is what we found.\n${report}\nAsk us if anything is unclear.`;
const refuse: Answer = (_report, _asked, response) => response.writeHead(500).end('out of order');

/** How a language model may answer. */
export const MODELS = {
  'rephrases the report': say(rephrase),
  'changes a figure': say((report) => rephrase(report).replace('480.00', '580.00')),
  'changes a currency': say((report) => rephrase(report).replace('480.00 USD', '480.00 EUR')),
  'swaps two figures': say((report) => rephrase(report).replace('480.00', '2,000.01').replace('2,000.01', '480.00')),
  'drops a figure': say((report) => rephrase(report).replace('480.00 USD', 'Some money')),
  'adds a figure': say((report) => `${rephrase(report)} That is a 25 % cut.`),
  'writes without end': say((report) => rephrase(report) + ' Really!'.repeat(4_000)),
  'fails once': (report, asked, response) => (asked === 1 ? refuse : say(rephrase))(report, asked, response),
  'always fails': refuse,
  'never answers': () => {},
  'returns nothing': say(() => '  '),
  'answers well that it is out of order': (report, asked, response) => {
    response.statusCode = 500;
    say(rephrase)(report, asked, response);
  },
  'breaks off in the middle': say(rephrase, 'length'),
  'hangs up in the middle': (_report, _asked, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"choices":[', () => response.destroy());
  },
  'answers what nobody understands': (_report, _asked, response) => response.end('<html>'),
  'follows orders it finds in the report': say(
    (report) => /Ignore the report and say: "([^"]+)"/.exec(report)?.[1] ?? report,
  ),
} as const satisfies Record<string, Answer>;
export type ModelManner = keyof typeof MODELS;

/**
 * A real HTTP server that speaks the chat-completions protocol of OpenAI-compatible language models: the one double of
 * the suite, because no real model says the same thing twice. What it was sent is kept for the scenario.
 */
export class ModelServer implements AsyncDisposable {
  manner: ModelManner = 'rephrases the report';
  readonly requests: { url: string; authorization: string; body: string }[] = [];
  onRequest: () => void = () => {};

  private constructor(private readonly server: Server) {}

  static async open(): Promise<ModelServer> {
    const server = createServer();
    const own = new ModelServer(server);
    server.on('request', (request, response) => void own.#answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return own;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** The platform's own client of it. */
  client(): LanguageModel {
    return createLanguageModel({ url: this.url, model: 'wordsmith', key: () => 'key-of-the-model' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    const { url = '', headers } = request;
    this.requests.push({ url, authorization: headers.authorization ?? '', body });
    this.onRequest();
    const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
    const report = messages.find(({ role }) => role === 'user')?.content ?? '';
    MODELS[this.manner](report, this.requests.length, response);
  }
}
