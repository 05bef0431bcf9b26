import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { HttpClient, type Problem } from '../../clients/http-client';
import { Network } from '../../actors/network';
import type { RevenueWorld } from '../../revenue-world';

/** Somebody from outside who tries doors. Known by nothing but what they show. */
export class Intruder {
  token = '';
  told = '';
  gotToken = false;

  readonly #network = new Network();

  constructor(private readonly world: RevenueWorld) {}

  async refusalOfCalls(): Promise<string> {
    const client = await this.#client(this.token);
    const answer = await client.send<Problem>('get', '/v1/me');
    return answer.status === 401 ? answer.body.code : `answered with ${answer.status}`;
  }

  /** How the live connection ends: its close code, and the reason that was told before it. */
  async refusalOfLine(): Promise<{ code: number; reason: string }> {
    const url = `${(await this.world.platformUrl()).replace(/^http/, 'ws')}/v1/chat`;
    const socket = new WebSocket(url, ['chat.v1'], {
      headers: { authorization: `Bearer ${this.token}`, 'x-forwarded-for': this.#network.address() },
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

  /** Also tries an e-mail that nobody has; if the two are told apart by anything, it is told which way. */
  async guess(email: string): Promise<void> {
    const guess = { password: 'a guess that is long enough', device: 'laptop' };
    const nobodys = await this.#try('/v1/sign-in', { ...guess, email: `${randomUUID()}@nowhere.example` });
    const answer = await this.#try('/v1/sign-in', { ...guess, email });
    if (answer !== nobodys) this.told = `${answer}, and of nobody's e-mail ${nobodys}`;
  }

  /** Somebody's own e-mail and password. */
  async signInAs(email: string, password: string): Promise<void> {
    await this.#try('/v1/sign-in', { email, password, device: 'laptop' });
  }

  /** Shows somebody's renewal from a device of their own. */
  async renewWith(refreshToken: string): Promise<void> {
    await this.#try('/v1/sign-in/renew', { refreshToken, device: "a thief's laptop" });
  }

  /** Answers all that is told: status and body. */
  async #try(path: string, body: object): Promise<string> {
    const client = await this.#client();
    const answer = await client.send<Partial<Problem> & { accessToken?: string }>('post', path, body);
    this.told = answer.body.detail ?? '';
    this.gotToken = answer.body.accessToken !== undefined;
    return `${answer.status} ${JSON.stringify(answer.body)}`;
  }

  async #client(bearer?: string): Promise<HttpClient> {
    const { evidence } = this.world;
    return new HttpClient(await this.world.platformUrl(), 'the intruder', evidence, bearer, this.#network.address());
  }
}
