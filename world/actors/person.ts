import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Permission, Plan, RunId, TenantId, ThreadEvent, ThreadId, UserId } from '../../ssot/kernel';
import { ChatDevice } from '../clients/chat-device';
import { eventually } from '../eventually';
import { HttpClient, type Problem } from '../clients/http-client';
import { Network } from './network';
import { PEOPLE, type PersonName } from './personas';
import type { RevenueWorld } from '../revenue-world';
import { Session } from './session';
import { endingOf } from '../clients/event-order';
import type { Tenant } from './tenant';

interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly tenantId: TenantId;
  readonly userId: UserId;
}

export const POSITIONS = ['from the start', 'from the middle', 'at the last event', 'beyond the last event'] as const;
export type Position = (typeof POSITIONS)[number];

/** A device of somebody: `her phone`, `Leo's laptop`. It need not be open. */
export interface Tab {
  readonly person: Person;
  readonly name: string;
}

/** Somebody who works for a tenant. Everything they do goes through the platform's public contract. */
export class Person {
  readonly threads = new Map<string, ThreadId>();
  readonly devices = new Map<string, ChatDevice>();
  /** Devices that signed in for themselves, by name. */
  readonly sessions = new Map<string, Session>();
  /** The run their latest question started. */
  latestRun: RunId | null = null;
  #signedIn: Promise<SignedIn> | null = null;
  #registered: Promise<UserId> | null = null;
  #unanswered: { text: string; clientMessageId: string } | null = null;

  constructor(
    private readonly world: RevenueWorld,
    readonly name: PersonName,
    readonly tenant: Tenant,
  ) {}

  readonly network = new Network();
  password = randomBytes(18).toString('base64url');

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

  /** The ids that stand for them and for their company. */
  async ids(): Promise<readonly string[]> {
    return [await this.register(), await this.tenant.id()];
  }

  signIn(): Promise<SignedIn> {
    this.#signedIn ??= (async () => {
      await this.register();
      const client = await this.client();
      return client.require<SignedIn>('post', '/v1/sign-in', {
        email: this.email,
        password: this.password,
        device: 'laptop',
      });
    })();
    return this.#signedIn;
  }

  /** What was signed in before is not used any more; the next act signs in anew. */
  signOutEverywhere(): void {
    this.#signedIn = null;
    this.devices.clear();
  }

  async signInOn(device: string, baseUrl?: string): Promise<Session> {
    const session = new Session(this.world, this, device, baseUrl);
    await session.signIn();
    this.sessions.set(device, session);
    return session;
  }

  /** Devices without a live connection. */
  async signInOnMany(count: number, how: 'one by one' | 'at once'): Promise<void> {
    const names = Array.from({ length: count }, (_, i) => `device ${i + 1}`);
    if (how === 'at once') await Promise.all(names.map((name) => this.signInOn(name)));
    else for (const name of names) await this.signInOn(name);
  }

  /** What calls of each signed-in device are answered. */
  callOnEach(): Promise<readonly string[]> {
    return Promise.all([...this.sessions.values()].map((session) => session.call()));
  }

  session(device: string): Session {
    const session = this.sessions.get(device);
    if (session === undefined) throw new Error(`${this.name} has not signed in on a ${device}`);
    return session;
  }

  async http(baseUrl?: string): Promise<HttpClient> {
    const { accessToken } = await this.signIn();
    return this.client(accessToken, baseUrl);
  }

  /** Calls from this person's own network. */
  async client(bearer?: string, baseUrl?: string): Promise<HttpClient> {
    const url = baseUrl ?? (await this.world.platformUrl());
    return new HttpClient(url, this.name, this.world.evidence, bearer, this.network.address());
  }

  async openThread(title: string, baseUrl?: string): Promise<ThreadId> {
    const known = this.threads.get(title);
    if (known !== undefined) return known;
    const http = await this.http(baseUrl);
    const { threadId } = await http.require<{ threadId: ThreadId }>('post', '/v1/threads', { title });
    this.threads.set(title, threadId);
    return threadId;
  }

  thread(title?: string): ThreadId {
    const id = title === undefined ? [...this.threads.values()].at(-1) : this.threads.get(title);
    if (id === undefined)
      throw new Error(`${this.name} has no thread ${title === undefined ? 'open yet' : `"${title}"`}`);
    return id;
  }

  /** Opens a tab: a live connection, not following anything yet. */
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

  async openDeviceOn(name: string, title: string, baseUrl?: string): Promise<void> {
    const threadId = await this.openThread(title, baseUrl);
    await (await this.openDevice(name, baseUrl)).follow(threadId);
  }

  /** Types a question on one of their devices and waits until it stands in the thread as an entry. */
  async ask(text: string, on = this.anyDevice(), threadId = on.shows ?? this.thread()): Promise<RunId> {
    return this.say(text, on, threadId, randomBytes(9).toString('base64url'));
  }

  async say(text: string, device: ChatDevice, threadId: ThreadId, clientMessageId: string): Promise<RunId> {
    const entry = (): ThreadEvent | undefined =>
      device
        .story(threadId)
        .find((event) => event.type === 'user_message' && event.data.clientMessageId === clientMessageId);
    device.say({ type: 'send_message', threadId, clientMessageId, text });
    await device.until(`the entry "${text}"`, () => entry() !== undefined);
    this.latestRun = entry()?.runId ?? null;
    return this.latestRun as RunId;
  }

  /** Asks on the first of their devices and waits there for the end of the answer. */
  async askAndBeAnswered(text: string): Promise<void> {
    await this.ask(text);
    await this.seeAnswerOn(this.anyDevice());
  }

  /** Stops the answer to the latest question, from any device that is open. */
  stopAnswer(): void {
    this.anyDevice().say({ type: 'cancel_run', runId: this.latestRun });
  }

  anyDevice(): ChatDevice {
    const device = [...this.devices.values()][0];
    if (device === undefined) throw new Error(`${this.name} has no device open`);
    return device;
  }

  /** Waits until a device has shown the ending of the latest run. */
  async seeAnswerOn(device: ChatDevice): Promise<void> {
    await device.until('the end of the answer', () => endingOf(device.story(), this.latestRun) !== undefined);
  }

  /** What a device shows of the current thread once the latest run has ended there. */
  async answerOn(name: string): Promise<readonly ThreadEvent[]> {
    await this.seeAnswerOn(this.device(name));
    return this.storyOn(name);
  }

  /** The story a device shows, once it has so many events. */
  async eventsOn(name: string, count: number): Promise<readonly ThreadEvent[]> {
    await this.device(name).until(`${count} events`, () => this.storyOn(name).length >= count);
    return this.storyOn(name);
  }

  /** The only answer that a device shows, once it has ended: how many runs it is of, and to which question. */
  async onlyAnswerOn(name: string): Promise<{ runs: number; question: unknown }> {
    await this.device(name).until('an answer', () => endingOf(this.storyOn(name)) !== undefined);
    const ending = endingOf(this.storyOn(name));
    const { report } = ending?.type === 'agent_completed' ? ending.data : {};
    const { question } = (report ?? {}) as { question?: unknown };
    return { runs: new Set(this.storyOn(name).map(({ runId }) => runId)).size, question };
  }

  /** The questions a device shows, once there are so many. */
  async questionsOn(name: string, count: number): Promise<readonly ThreadEvent[]> {
    const questions = (): readonly ThreadEvent[] => this.storyOn(name).filter(({ type }) => type === 'user_message');
    await this.device(name).until(`${count} questions`, () => questions().length >= count);
    return questions();
  }

  storyOn(name: string): readonly ThreadEvent[] {
    return this.device(name).story();
  }

  /** The story as it is stored, read over HTTP once the latest run has ended. */
  storedAnswer(): Promise<readonly ThreadEvent[]> {
    return eventually(async () => {
      const http = await this.http();
      const { events } = await http.require<{ events: ThreadEvent[] }>(
        'get',
        `/v1/threads/${this.thread()}/events?afterSeq=0`,
      );
      if (endingOf(events, this.latestRun) === undefined) throw new Error('the answer has no ending yet');
      return events;
    }, 25_000);
  }

  async seesEntry(name: string, entry: ThreadEvent | undefined): Promise<void> {
    await this.device(name).until('the same entry', () =>
      this.storyOn(name).some((event) => isDeepStrictEqual(event, entry)),
    );
  }

  /** Connects a lost device again and resumes after the last event it has, as the contract asks. */
  async resume(name: string): Promise<void> {
    await (await this.reconnect(name)).follow(this.thread(), this.storyOn(name).at(-1)?.seq ?? 0);
  }

  async moveElsewhere(name: string): Promise<void> {
    const { accessToken } = await this.signIn();
    await this.device(name).move(await this.world.platformUrl(), accessToken);
  }

  /** Where the second half of the phone's story begins. */
  middle(): number {
    return Math.floor(this.storyOn('phone').length / 2);
  }

  async resumeFrom(position: Position, name: string): Promise<void> {
    const head = this.storyOn('phone').length;
    const afterSeq = {
      'from the start': 0,
      'from the middle': this.middle(),
      'at the last event': head,
      'beyond the last event': head + 5,
    };
    await (await this.openDevice(name)).tryToFollow(this.thread(), afterSeq[position]);
  }

  async tryToFollow(threadId: ThreadId, name: string): Promise<void> {
    await (await this.openDevice(name)).tryToFollow(threadId, 0);
  }

  /** Sends a message and breaks the connection before any reply can be read. */
  async sayAndLose(text: string, name: string): Promise<void> {
    this.#unanswered = { text, clientMessageId: randomBytes(9).toString('base64url') };
    this.device(name).say({ type: 'send_message', threadId: this.thread(), ...this.#unanswered });
    await this.device(name).loseUnread();
  }

  /** Sends a message and waits until it is refused. */
  async sayAndBeRefused(text: string, name: string): Promise<void> {
    const clientMessageId = randomBytes(9).toString('base64url');
    this.device(name).say({ type: 'send_message', threadId: this.thread(), clientMessageId, text });
    await this.device(name).refused();
  }

  /** So many messages in one moment, whatever becomes of them. */
  async sayMany(name: string, count: number): Promise<void> {
    const device = this.device(name);
    for (let sent = 1; sent <= count; sent++) {
      const clientMessageId = randomBytes(9).toString('base64url');
      device.say({ type: 'send_message', threadId: this.thread(), clientMessageId, text: `Question ${sent}?` });
    }
    await device.until('an answer', () => device.received.length > 1);
  }

  /** Lets a device follow so many more threads, made for it; waits for the answers. */
  async followMany(name: string, count: number): Promise<void> {
    const device = this.devices.get(name) ?? (await this.openDevice(name));
    for (let made = 0; made < count; made++) {
      const threadId = await this.openThread(`thread ${this.threads.size + 1}`);
      device.say({ type: 'subscribe', threadId, afterSeq: 0 });
    }
    await device.pingPong();
  }

  /** Everything stored in their thread now, read over HTTP page by page. */
  async storedEvents(): Promise<readonly ThreadEvent[]> {
    const http = await this.http();
    const stored: ThreadEvent[] = [];
    for (;;) {
      const path = `/v1/threads/${this.thread()}/events?afterSeq=${stored.at(-1)?.seq ?? 0}`;
      const { events } = await http.require<{ events: ThreadEvent[] }>('get', path);
      if (events.length === 0) return stored;
      stored.push(...events);
    }
  }

  async sayAgain(name: string): Promise<void> {
    if (this.#unanswered === null) throw new Error(`${this.name} has nothing to send again`);
    const { text, clientMessageId } = this.#unanswered;
    await this.resume(name);
    await this.say(text, this.device(name), this.thread(), clientMessageId);
  }

  async deleteThread(title: string): Promise<void> {
    await (await this.http()).require('delete', `/v1/threads/${this.thread(title)}`);
  }

  /** The titles that calls list for this person. */
  async listedThreads(): Promise<readonly string[]> {
    const { threads } = await (await this.http()).require<{ threads: { title: string }[] }>('get', '/v1/threads');
    return threads.map(({ title }) => title);
  }

  /** What calls answer to them when they open the thread and when they read its story. */
  async rereadThread(title: string): Promise<readonly string[]> {
    const http = await this.http();
    const path = `/v1/threads/${this.thread(title)}`;
    const answers = [await http.send<Problem>('get', path), await http.send<Problem>('get', `${path}/events`)];
    return answers.map(({ status, body }) => (status === 200 ? 'answered' : body.code));
  }

  async permissions(): Promise<readonly Permission[]> {
    return (await (await this.http()).require<{ permissions: Permission[] }>('get', '/v1/me')).permissions;
  }

  /** Who this person is to the platform. */
  async knownAs(): Promise<{ name: string; company: string; plan: Plan; mayChat: boolean; isSelf: boolean }> {
    type Me = { userId: UserId; tenantId: TenantId; name: string; company: string; plan: Plan; permissions: string[] };
    const me = await (await this.http()).require<Me>('get', '/v1/me');
    const isSelf = me.userId === (await this.register()) && me.tenantId === (await this.tenant.id());
    return {
      name: me.name,
      company: me.company,
      plan: me.plan,
      mayChat: me.permissions.includes('chat:use'),
      isSelf,
    };
  }
}
