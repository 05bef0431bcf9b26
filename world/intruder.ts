import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { HttpClient, type Problem } from './http-client';
import type { RevenueWorld } from './revenue-world';

/** Somebody from outside who tries doors. Known by nothing but what they show. */
export class Intruder {
  token = '';
  told = '';
  gotToken = false;

  constructor(private readonly world: RevenueWorld) {}

  async refusalOfCalls(): Promise<string> {
    const door = new HttpClient(await this.world.platformUrl(), 'the intruder', this.world.evidence, this.token);
    const answer = await door.send<Problem>('get', '/v1/me');
    return answer.status === 401 ? answer.body.code : `answered with ${answer.status}`;
  }

  /** How the live connection ends: its close code, and the reason that was told before it. */
  async refusalOfLine(): Promise<{ code: number; reason: string }> {
    const url = `${(await this.world.platformUrl()).replace(/^http/, 'ws')}/v1/chat`;
    const socket = new WebSocket(url, ['chat.v1'], {
      headers: { authorization: `Bearer ${this.token}` },
      ...ownAddress(url),
    });
    let reason = 'none was told';
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as { type: string; data?: { code?: string } };
      reason = message.type === 'error' ? String(message.data?.code) : `admitted: ${message.type}`;
    });
    const code = await new Promise<number>((resolve, reject) => {
      socket.once('close', resolve);
      socket.once('error', reject);
    });
    return { code, reason };
  }

  async guess(email: string): Promise<void> {
    await this.#try('/v1/sign-in', { email, password: 'a guess that is long enough', device: 'laptop' });
  }

  /** Somebody's own e-mail and password. */
  async signInAs(email: string, password: string): Promise<void> {
    await this.#try('/v1/sign-in', { email, password, device: 'laptop' });
  }

  /** Shows somebody's renewal from a device of their own. */
  async renewWith(refreshToken: string): Promise<void> {
    await this.#try('/v1/sign-in/renew', { refreshToken, device: "a thief's laptop" });
  }

  async #try(path: string, body: object): Promise<void> {
    const door = new HttpClient(await this.world.platformUrl(), 'the intruder', this.world.evidence);
    const answer = await door.send<Partial<Problem> & { accessToken?: string }>('post', path, body);
    this.told = answer.body.detail ?? '';
    this.gotToken = answer.body.accessToken !== undefined;
  }
}

/** Linux lets everybody choose where in 127.0.0.0/8 they come from: so an intruder locks out themselves alone. */
function ownAddress(url: string): { localAddress?: string } {
  if (process.platform !== 'linux' || new URL(url).hostname !== '127.0.0.1') return {};
  return { localAddress: `127.${[...randomBytes(3)].join('.')}` };
}
