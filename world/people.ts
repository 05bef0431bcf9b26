import { randomBytes } from 'node:crypto';
import { usageFromTemplate } from '../ssot/analytics';
import type { RunId, TenantId, ThreadId, UserId } from '../ssot/kernel';
import { ChatDevice } from './chat-device';
import { HttpClient } from './http-client';
import { COMPANIES, PEOPLE, type Company, type PersonName } from './personas';
import type { RevenueWorld } from './revenue-world';

interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly tenantId: TenantId;
  readonly userId: UserId;
}

/** A customer company of this scenario: real, provisioned through the operators' door, and nobody else's. */
export class Tenant {
  readonly suffix = randomBytes(6).toString('hex');
  #id: Promise<TenantId> | null = null;

  constructor(
    private readonly world: RevenueWorld,
    readonly name: Company,
  ) {}

  id(): Promise<TenantId> {
    this.#id ??= this.#provision();
    return this.#id;
  }

  /** Loads the shipped month of model calls as this company's own usage. Returns how many calls it holds. */
  async bringUsage(reporter: Person): Promise<number> {
    const events = usageFromTemplate({ asOf: new Date(), ids: this.suffix });
    for (let from = 0; from < events.length; from += 1_000) {
      await (await reporter.http()).require('post', '/v1/usage', { events: events.slice(from, from + 1_000) });
    }
    return events.length;
  }

  async #provision(): Promise<TenantId> {
    const operator = await this.world.operator();
    const { tenantId } = await operator.require<{ tenantId: TenantId }>('post', '/v1/operations/tenants', {
      name: this.name,
      plan: COMPANIES[this.name].plan,
    });
    return tenantId;
  }
}

/** Somebody who works for a tenant. Everything they do goes through the platform's public contract. */
export class Person {
  readonly threads = new Map<string, ThreadId>();
  readonly devices = new Map<string, ChatDevice>();
  /** The run their latest question started. */
  latestRun: RunId | null = null;
  #signedIn: Promise<SignedIn> | null = null;
  #registered: Promise<UserId> | null = null;

  constructor(
    private readonly world: RevenueWorld,
    readonly name: PersonName,
    readonly tenant: Tenant,
  ) {}

  readonly password = randomBytes(18).toString('base64url');

  get email(): string {
    return `${this.name.toLowerCase()}@${this.tenant.name.toLowerCase()}-${this.tenant.suffix}.example`;
  }

  register(): Promise<UserId> {
    this.#registered ??= this.#register();
    return this.#registered;
  }

  async #register(): Promise<UserId> {
    const operator = await this.world.operator();
    const { userId } = await operator.require<{ userId: UserId }>(
      'post',
      `/v1/operations/tenants/${await this.tenant.id()}/people`,
      { name: this.name, email: this.email, password: this.password, role: PEOPLE[this.name].role },
    );
    return userId;
  }

  signIn(): Promise<SignedIn> {
    this.#signedIn ??= (async () => {
      await this.register();
      const door = new HttpClient(await this.world.platformUrl(), this.name, this.world.evidence);
      return door.require<SignedIn>('post', '/v1/sign-in', {
        email: this.email,
        password: this.password,
        device: 'laptop',
      });
    })();
    return this.#signedIn;
  }

  async http(baseUrl?: string): Promise<HttpClient> {
    const { accessToken } = await this.signIn();
    return new HttpClient(baseUrl ?? (await this.world.platformUrl()), this.name, this.world.evidence, accessToken);
  }

  async openThread(title: string): Promise<ThreadId> {
    const known = this.threads.get(title);
    if (known !== undefined) return known;
    const http = await this.http();
    const { threadId } = await http.require<{ threadId: ThreadId }>('post', '/v1/threads', { title });
    this.threads.set(title, threadId);
    return threadId;
  }

  thread(title?: string): ThreadId {
    const id = title === undefined ? [...this.threads.values()].at(-1) : this.threads.get(title);
    if (id === undefined) throw new Error(`${this.name} has no thread ${title === undefined ? 'open yet' : `"${title}"`}`);
    return id;
  }

  /** Opens a tab: a live line, not following anything yet. */
  async openDevice(name: string, baseUrl?: string): Promise<ChatDevice> {
    const { accessToken } = await this.signIn();
    const device = this.world.own(new ChatDevice(name, this.name, this.world.evidence));
    await device.connect(baseUrl ?? (await this.world.platformUrl()), accessToken);
    this.devices.set(name, device);
    return device;
  }

  async reconnect(name: string, baseUrl?: string): Promise<ChatDevice> {
    const { accessToken } = await this.signIn();
    const device = this.device(name);
    await device.connect(baseUrl ?? (await this.world.platformUrl()), accessToken);
    return device;
  }

  device(name: string): ChatDevice {
    const device = this.devices.get(name);
    if (device === undefined) {
      throw new Error(`${this.name} has no ${name} open; open are: ${[...this.devices.keys()].join(', ') || 'none'}`);
    }
    return device;
  }

  /** Sends a message over HTTP and remembers the run that answers it. */
  async ask(text: string, thread = this.thread(), clientMessageId = randomBytes(9).toString('base64url')): Promise<RunId> {
    const http = await this.http();
    const { runId } = await http.require<{ runId: RunId }>('post', `/v1/threads/${thread}/messages`, {
      clientMessageId,
      text,
    });
    this.latestRun = runId;
    return runId;
  }
}

/** The people and companies of one scenario, made when they are first named. */
export class Cast {
  readonly #tenants = new Map<Company, Tenant>();
  readonly #people = new Map<PersonName, Person>();
  #lastNamed: Person | null = null;

  constructor(private readonly world: RevenueWorld) {}

  tenant(name: Company): Tenant {
    return getOrMake(this.#tenants, name, () => new Tenant(this.world, name));
  }

  person(name: PersonName): Person {
    const make = (): Person => new Person(this.world, name, this.tenant(PEOPLE[name].company));
    this.#lastNamed = getOrMake(this.#people, name, make);
    return this.#lastNamed;
  }

  /** Whom "she", "he" or "they" means: the person named last. */
  lastNamed(): Person {
    if (this.#lastNamed === null) throw new Error('nobody has been named yet; write the name instead of a pronoun');
    return this.#lastNamed;
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
