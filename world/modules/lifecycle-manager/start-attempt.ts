import { once } from 'node:events';
import { eventually } from '../../eventually';
import { FaultProxy } from '../../fault-proxy';
import { HttpClient } from '../../http-client';
import { Instance, type Launch } from '../../instance';
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

  constructor(private readonly world: Pick<RevenueWorld, 'operations' | 'own' | 'evidence'>) {}

  /** From now on the addresses are written so. */
  write(change: (address: string) => string): void {
    this.#change = change;
  }

  start(): void {
    this.world.operations.assertDeclared();
    const overrides = Object.entries(ADDRESSES).map(([variable, name]) => [variable, this.#change(addressOf(name))]);
    const launch = Instance.launch(Object.fromEntries(overrides) as Record<string, string>);
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
    this.start();
    await eventually(async () => {
      if (!this.log().includes(TRIED_AGAIN)) throw new Error(`it has not tried the database yet:\n${this.log()}`);
    }, PATIENCE_MS);
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
