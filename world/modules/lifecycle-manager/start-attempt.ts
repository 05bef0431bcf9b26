import { randomBytes } from 'node:crypto';
import { on, once } from 'node:events';
import { eventually } from '../../eventually';
import { FaultProxy } from '../../operations/fault-proxy';
import { HttpClient } from '../../clients/http-client';
import { Instance, type Launch } from '../../operations/instance';
import { freePort } from '../../operations/free-port';
import { OBEYS } from '../../operations/process-figures';
import type { Person } from '../../actors/person';
import type { RevenueWorld } from '../../revenue-world';
import { addressOf, type Address } from '../../settings';

const TRIED_AGAIN = 'a part did not start and is tried again';
const PATIENCE_MS = 20_000;

/** The platform's variables with an address of PostgreSQL, and where a run keeps the right one. */
const ADDRESSES: Readonly<Record<string, Address>> = {
  POSTGRES_URL: 'SPEC_POSTGRES_URL',
  POSTGRES_OWNER_URL: 'SPEC_POSTGRES_OWNER_URL',
  POSTGRES_SERVICE_URL: 'SPEC_POSTGRES_SERVICE_URL',
};

/** An instance that is started with addresses of the database as somebody wrote them, and may never come to serve. */
export class StartAttempt {
  #change: (address: string) => string = (address) => address;
  #launch: Launch | null = null;
  #proxy: FaultProxy | null = null;
  /** Where it listens before it serves, as a hosting platform decides. */
  #url = '';

  constructor(private readonly world: Pick<RevenueWorld, 'operations' | 'own' | 'evidence'>) {}

  /** From now on the addresses are written so. */
  write(change: (address: string) => string): void {
    this.#change = change;
  }

  start(settings: Readonly<Record<string, string>> = {}): void {
    this.world.operations.assertDeclared();
    const addresses = Object.entries(ADDRESSES).map(([variable, name]) => [variable, this.#change(addressOf(name))]);
    const launch = Instance.launch({ ...(Object.fromEntries(addresses) as Record<string, string>), ...settings });
    this.#launch = launch;
    launch.served.catch(() => undefined); // Whoever asks is told, by `served` or by `status`.
    this.world.own({
      [Symbol.asyncDispose]: async () => {
        const { child } = launch;
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    });
  }

  /** Resolves when the instance has been turned away by a database that is not up. */
  async startTooEarly(): Promise<void> {
    const proxy = this.world.own(await FaultProxy.open(addressOf('SPEC_POSTGRES_OWNER_URL')));
    proxy.cut();
    this.#proxy = proxy;
    this.write((address) => Object.assign(new URL(address), { host: new URL(proxy.url).host }).href);
    const port = await freePort();
    this.#url = `http://127.0.0.1:${port}`;
    this.start({ PORT: String(port) });
    await eventually(async () => {
      if (!this.log().includes(TRIED_AGAIN)) throw new Error(`it has not tried the database yet:\n${this.log()}`);
    }, PATIENCE_MS);
  }

  /** What somebody is told who comes before it serves: the reason, and in how many seconds to come again. */
  async turnedAway(person: Person): Promise<{ code: string; seconds: number }> {
    const http = await person.http(this.#url);
    const { body, headers } = await http.send<{ code: string }>('get', '/v1/threads');
    return { code: body.code, seconds: Number(headers['retry-after']) };
  }

  /** The threads that somebody is shown there once it serves. */
  async threadsOf(person: Person): Promise<readonly string[]> {
    const { url } = await this.#launched().served;
    const { threads } = await (await person.http(url)).require<{ threads: { title: string }[] }>('get', '/v1/threads');
    return threads.map(({ title }) => title);
  }

  /** Told to stop while it is still starting. */
  tellToStop(): void {
    this.#launched().child.kill('SIGTERM');
  }

  /** Starts an instance and tells it to stop as soon as it would obey. */
  async startAndTellToStopAtOnce(): Promise<void> {
    this.start();
    const { child } = this.#launched();
    for await (const [message] of on(child, 'message')) if ((message as { type?: string }).type === OBEYS) break;
    child.kill('SIGTERM');
  }

  /** Killed while its database is being asked. */
  async killWhileStarting(): Promise<void> {
    await this.startTooEarly();
    const proxy = this.#proxy;
    proxy?.restore();
    await eventually(() => {
      if ((proxy?.open ?? 0) === 0) throw new Error('it has not reached the database yet');
    }, PATIENCE_MS);
    this.#launched().child.kill('SIGKILL');
    await this.status();
  }

  letDatabaseComeUp(): void {
    if (this.#proxy === null) throw new Error('the database has been up all the time');
    this.#proxy.restore();
  }

  /** Whether customers are let in; rejects when it ends instead. */
  async serves(): Promise<boolean> {
    const { url } = await this.#launched().served;
    const door = new HttpClient(url, 'the front door', this.world.evidence);
    return (await door.send<{ ok: boolean }>('get', '/health/ready')).body.ok;
  }

  async status(): Promise<number | null> {
    const { child } = this.#launched();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  get hasTriedAgain(): boolean {
    return this.log().includes(TRIED_AGAIN);
  }

  log(): string {
    return this.#launched().log();
  }

  #launched(): Launch {
    if (this.#launch === null) throw new Error('nobody has started an instance in this scenario');
    return this.#launch;
  }
}

/** Every character of the password as its percent code, as one that holds `@` or `/` must be written. */
export function withEncodedPassword(address: string): string {
  const { password } = new URL(address);
  const codes = [...Buffer.from(decodeURIComponent(password))].map((byte) => `%${byte.toString(16).padStart(2, '0')}`);
  return address.replace(`:${password}@`, `:${codes.join('')}@`);
}

export const withWrongPassword = (address: string): string =>
  Object.assign(new URL(address), { password: 'not-the-password' }).href;

export const withoutDatabase = (address: string): string =>
  Object.assign(new URL(address), { pathname: '/nowhere' }).href;

/** A key that is right in its form and has sealed nothing. */
export const strangeMasterKey = (): string => `strange:${randomBytes(32).toString('base64')}`;
