import { ChatDevice } from '../clients/chat-device';
import type { HttpClient, Problem } from '../clients/http-client';
import type { Person } from './person';
import { eventually } from '../eventually';
import type { RevenueWorld } from '../revenue-world';

export interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
}

/** What the browsers of devices say that they are. */
const BROWSERS: Readonly<Record<string, string>> = {
  laptop: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
};

/** One signed-in device of a person, with a sign-in of its own: its calls, its renewals and its live connection. */
export class Session {
  /** Every pair it was given, newest last. */
  readonly pairs: Pair[] = [];
  #connection: ChatDevice | null = null;

  constructor(
    private readonly world: RevenueWorld,
    private readonly person: Person,
    readonly device: string,
    private readonly baseUrl?: string,
  ) {}

  async signIn(): Promise<void> {
    await this.person.register();
    const { email, password } = this.person;
    const headers = { 'user-agent': BROWSERS[this.device] ?? 'a program' };
    const body = { email, password, device: this.device };
    const answer = await (await this.#client()).require<Partial<Pair>>('post', '/v1/sign-in', body, headers);
    // Whoever is asked for a code besides is not in yet, and is not refused either.
    if (answer.accessToken === undefined) throw new Error(`the password alone does not let the ${this.device} in`);
    this.pairs.push(answer as Pair);
  }

  async openConnection(baseUrl?: string): Promise<void> {
    this.#connection = this.world.own(new ChatDevice(this.device, this.person.name, this.world.evidence));
    await this.#connection.connect(baseUrl ?? (await this.world.platformUrl()), this.pair.accessToken);
  }

  get pair(): Pair {
    return this.nth(-1);
  }

  nth(place: number): Pair {
    const pair = this.pairs.at(place);
    if (pair === undefined) throw new Error(`the ${this.device} has not got so far`);
    return pair;
  }

  async renew(refreshToken = this.pair.refreshToken): Promise<void> {
    const answer = await this.showRenewal(refreshToken);
    if (typeof answer === 'string') throw new Error(`the ${this.device} was refused: ${answer}`);
    this.pairs.push(answer);
  }

  /** The new pair, or the reason code of the refusal. */
  async showRenewal(refreshToken: string): Promise<Pair | string> {
    const answer = await (
      await this.#client()
    ).send<Pair & Problem>('post', '/v1/sign-in/renew', { refreshToken, device: this.device });
    return answer.status === 200 ? answer.body : answer.body.code;
  }

  async signOut(): Promise<void> {
    await (await this.#client(this.pair.accessToken)).require('post', '/v1/sign-out');
  }

  /** What a call with the newest pair is answered: `known`, or the reason code of the refusal. */
  async call(): Promise<string> {
    const answer = await (await this.#client(this.pair.accessToken)).send<Problem>('get', '/v1/me');
    return answer.status === 200 ? 'known' : answer.body.code;
  }

  /** What a call about its threads is answered, and why its connection was closed; `done` and `open` while the chat is open to it. */
  async chatIs(): Promise<readonly [calls: string, connection: string]> {
    const { status, body } = await (await this.#client(this.pair.accessToken)).send<Problem>('get', '/v1/threads');
    const isOpen = (await this.connectionIs()) === 'open';
    return [status === 200 ? 'done' : body.code, isOpen ? 'open' : String(this.#connection?.closed?.reason)];
  }

  /** What a call is told why it is refused; nothing when it is not. */
  async toldByCalls(): Promise<string | undefined> {
    return (await (await this.#client(this.pair.accessToken)).send<Problem>('get', '/v1/me')).body.detail;
  }

  /** `open`, after a sign of life, or how the connection was closed. */
  async connectionIs(): Promise<string> {
    if (this.#connection === null) throw new Error(`the ${this.device} has no connection`);
    const { closed } = this.#connection;
    if (closed !== null) return `closed with ${closed.code}`;
    await this.#connection.pingPong();
    return 'open';
  }

  /** What its calls, its renewal and its connection end as, once calls are refused with this code and the connection is closed. */
  async endWithin(limitMs: number, code: string): Promise<unknown[]> {
    await eventually(async () => {
      const [calls, connection] = [await this.call(), await this.connectionIs()];
      if (calls !== code || connection === 'open')
        throw new Error(`calls are told "${calls}", the connection is ${connection}`);
    }, limitMs);
    return [await this.call(), await this.showRenewal(this.pair.refreshToken), await this.connectionIs()];
  }

  async read<T>(path: string): Promise<T> {
    return (await this.#client(this.pair.accessToken)).require<T>('get', path);
  }

  /** What this device is told of all devices of its person, a line each: its name, and whether it is the one that asks. */
  async devices(): Promise<readonly string[]> {
    type Listed = { readonly devices: readonly { readonly name: string | null; readonly isThis: boolean }[] };
    const { devices } = await this.read<Listed>('/v1/devices');
    return devices.map(({ name, isThis }) => (isThis ? `this one, ${name}` : String(name)));
  }

  async signOutAnother({ pair: { sessionId } }: Session): Promise<void> {
    await (await this.#client(this.pair.accessToken)).require('delete', `/v1/devices/${sessionId}`);
  }

  async signOutOthers(): Promise<void> {
    await (await this.#client(this.pair.accessToken)).require('delete', '/v1/devices');
  }

  #client(bearer?: string): Promise<HttpClient> {
    return this.person.client(bearer, this.baseUrl);
  }
}
