import type { ConnectionId } from '../../../ssot/kernel';
import { connectionOf } from './calls';
import { eventually } from '../../eventually';
import { FaultProxy } from '../../operations/fault-proxy';
import { Network } from '../../actors/network';
import type { Person, Tab } from '../../actors/person';
import type { RevenueWorld } from '../../revenue-world';
import { ConnectionAttempts, type Handshake } from './connection-attempts';
import { RunWriter } from './run-writer';

const STRANGERS: Readonly<Record<string, (token: string) => Handshake>> = {
  'without a token': () => ({}),
  'with a token of nobody': () => ({ token: 'a.forged.token' }),
  'with her token in the address': (token) => ({ query: `?token=${token}` }),
  'from the page of somebody else': (token) => ({ token, origin: 'https://evil.example' }),
};
export const STRANGER_WORDS = Object.keys(STRANGERS);

/** When a token ends, as the token itself says. */
export function endOf(token: string): string {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return new Date((JSON.parse(claims) as { exp: number }).exp * 1_000).toISOString();
}

/** Everything that scenarios about live connections do beside opening devices and asking on them. */
export class LiveConnections {
  #attempts: ConnectionAttempts | null = null;
  #writer: RunWriter | null = null;
  #network: FaultProxy | null = null;

  constructor(private readonly world: RevenueWorld) {}

  get attempts(): ConnectionAttempts {
    return (this.#attempts ??= this.world.own(new ConnectionAttempts(this.world.evidence)));
  }

  get writer(): RunWriter {
    if (this.#writer === null) throw new Error('nobody writes runs in this scenario');
    return this.#writer;
  }

  /** Why what was written or tried was refused, in order. */
  get reasons(): readonly string[] {
    const refusals = [...(this.#writer?.refusals ?? []), ...(this.#attempts?.answers ?? [])];
    return refusals.flatMap(({ message }) => message ?? []);
  }

  async writeFor(person: Person): Promise<RunWriter> {
    return (this.#writer ??= await RunWriter.of(person, this.world));
  }

  async connectAsStranger(how: string): Promise<void> {
    const { accessToken } = await this.world.cast.lastNamed().signIn();
    const handshake = STRANGERS[how]?.(accessToken);
    if (handshake === undefined) throw new Error(`nobody connects "${how}"; known are ${STRANGER_WORDS.join(', ')}`);
    await this.attempts.connect(await this.world.platformUrl(), handshake);
  }

  async connectWithBadTokens(count: number, network = this.attempts.network): Promise<void> {
    const handshake = { token: 'a.forged.token', from: network.address() };
    const url = await this.world.platformUrl();
    for (let index = 0; index < count; index++) await this.attempts.connect(url, handshake);
  }

  connectElsewhereWithBadToken(): Promise<void> {
    return this.connectWithBadTokens(1, new Network());
  }

  /** Devices of one person, spread over the instances, all at once or one after the other. */
  async connect(person: Person, count: number, urls: readonly string[], how: 'at once' | 'in turn'): Promise<void> {
    const { accessToken: token } = await person.signIn();
    const one = (index: number): Promise<unknown> =>
      this.attempts.connect(urls[index % urls.length] as string, { token });
    if (how === 'at once') await Promise.all(Array.from({ length: count }, (_, index) => one(index)));
    else for (let index = 0; index < count; index++) await one(index);
  }

  /** Opens a device whose network can vanish. */
  async openOnBadNetwork(person: Person, device: string, title: string): Promise<void> {
    this.#network = this.world.own(await FaultProxy.open(this.world.operations.serving().url));
    const threadId = await person.openThread(title);
    await (await person.openDevice(device, this.#network.url)).follow(threadId);
  }

  networkVanishes({ person, name }: Tab): void {
    if (this.#network === null) throw new Error('no device of this scenario has a network that can vanish');
    this.#network.blackHole();
    person.device(name).stopReading();
  }

  /** Renews a device's sign-in at the scenario's own instance, on the open connection. */
  async renew({ person, name }: Tab): Promise<void> {
    const { url } = this.world.operations.serving();
    const { refreshToken } = await person.signIn();
    const client = await person.client(undefined, url);
    const { accessToken } = await client.require<{ accessToken: string }>('post', '/v1/sign-in/renew', {
      refreshToken,
      device: 'laptop',
    });
    const device = person.device(name);
    device.say({ type: 'renew', token: accessToken });
    await device.until('the second welcome', () => device.controls('welcome').length === 2);
  }

  /** The connections that a device was welcomed on, each once. */
  connectionsOf({ person, name }: Tab): readonly ConnectionId[] {
    const welcomes = person.device(name).controls('welcome') as unknown as { data: { connectionId: ConnectionId } }[];
    return [...new Set(welcomes.map(({ data }) => data.connectionId))];
  }

  /** Waits until the scenario's own instance refuses newcomers. */
  async refusedThere(person: Person, outcome: string): Promise<void> {
    const { accessToken: token } = await person.signIn();
    await eventually(async () => {
      const answer = await this.attempts.connect(this.world.operations.serving().url, { token });
      if (answer.outcome !== outcome) throw new Error(`a newcomer was answered "${answer.outcome}"`);
    }, 5_000);
  }

  async closeOne(person: Person): Promise<void> {
    const [first] = person.devices.values();
    if (first === undefined) throw new Error(`${person.name} has no device open`);
    await (await person.http()).require('delete', `/v1/connections/${connectionOf(first)}`);
    await first.until('its end', () => first.refusals().length > 0);
  }

  /** Metrics of connections as the scenario's own instance publishes them to operators, by name and label. */
  async metrics(): Promise<Readonly<Record<string, number>>> {
    const operator = await this.world.operator(this.world.operations.serving().operationsUrl);
    const { body } = await operator.send<string>('get', '/metrics');
    const found = body.matchAll(/^chat_connections(?:_total|_closed_total)?(?:\{\w+="(\w+)"\})? (\d+)$/gm);
    return Object.fromEntries([...found].map(([, label = 'open', count]) => [label, Number(count)]));
  }
}
