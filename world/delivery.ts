import type { AttemptLimiter } from '../ssot/auth';
import { limitsOfPlans, plans } from '../ssot/configuration-manager';
import type { Database } from '../ssot/database-manager';
import {
  PlatformError,
  sql,
  vouchFor,
  type Appended,
  type EventDraft,
  type Permission,
  type SessionId,
  type TenantContext,
  type ThreadEvent,
  type ThreadId,
} from '../ssot/kernel';
import type { StateManager } from '../ssot/state-manager';
import { createThreads, type DeliveryStatus, type Threads } from '../ssot/websocket-manager';
import { meaningOf } from './known';
import { Access } from './delivery-access';
import { WatchedTransactions } from './delivery-activity';
import { CatchingUp } from './delivery-catching-up';
import { Churn } from './delivery-churn';
import { DeliveryDevice, type Papers } from './delivery-device';
import { AskedOfAgents, TokensInHand } from './delivery-door';
import { Hearing } from './delivery-hearing';
import { Greed } from './delivery-greed';
import { Ends } from './delivery-ends';
import { HintsInHand } from './delivery-hints';
import { DeliveryInstance } from './delivery-instance';
import { Outage } from './delivery-outage';
import { attemptsOf, ClosingInHand, openState, RedisInReach } from './delivery-redis';
import { Room } from './delivery-room';
import { DeliveryRules, luck } from './delivery-rules';
import { Telling } from './delivery-telling';
import { RunInWords } from './delivery-words';
import { COMPANIES, PEOPLE, type Company, type PersonName } from './personas';
import type { RevenueWorld } from './revenue-world';

/** What the live delivery needs of its World. Read when it is needed: the World is still being made. */
export type DeliveryHost = Pick<RevenueWorld, 'clock' | 'connections' | 'own' | 'evidence'>;

const HOUR_MS = 3_600_000;
/** Shorter than the grace of a heartbeat, so that devices can answer in time. */
const STRIDE_MS = 9_000;

/**
 * The live delivery by itself: real lines, real PostgreSQL, and in hand what decides when things happen: time, the word
 * between instances, who is believed, and the network of each device.
 */
export class Delivery {
  readonly hints = new HintsInHand();
  readonly tokens = new TokensInHand();
  readonly agents = new AskedOfAgents();
  readonly closing = new ClosingInHand();
  readonly room = new Room(this);
  readonly greed = new Greed(this);
  readonly churn = new Churn(this);
  readonly ends = new Ends(this);
  readonly outage: Outage;
  readonly catchingUp: CatchingUp;
  readonly threads = new Map<string, ThreadId>();
  origins: readonly string[] = [];
  trustedProxies: readonly string[] = [];
  mostLines: number | undefined;
  starting = false;
  refusals: PlatformError[] = [];
  readonly telling: Telling;
  readonly access: Access;
  readonly hearing: Hearing;
  looksOfLastAppend = 0;
  lastAppended: Appended | null = null;
  #rules: DeliveryRules | null = null;
  #run: RunInWords | null = null;
  #db: WatchedTransactions | null = null;
  #state: StateManager | null = null;
  #attempts: AttemptLimiter | null = null;
  #luck = 0.5;
  readonly #contexts = new Map<PersonName, TenantContext>();
  readonly #sessions = new Map<string, SessionId>();
  readonly #companies = new Map<Company, TenantContext['tenantId']>();
  readonly #instances: DeliveryInstance[] = [];
  readonly #nearly = new Map<string, 'open' | 'closed'>();
  readonly #devices = new Map<string, DeliveryDevice>();

  constructor(private readonly world: DeliveryHost) {
    const names: ConstructorParameters<typeof RunInWords>[0] = { next: (kind) => world.connections.ids.next(kind) };
    this.telling = new Telling(this, () => world.clock.now(), names);
    this.catchingUp = new CatchingUp(this, () => world.clock.now(), names);
    this.outage = new Outage(this, world);
    this.hearing = new Hearing({ next: (kind) => world.connections.ids.next(kind) });
    this.access = new Access(this, () => world.clock.advance(60_000), names);
  }

  get rules(): DeliveryRules {
    return (this.#rules ??= new DeliveryRules(this.world.connections.ids));
  }

  get run(): RunInWords {
    return (this.#run ??= new RunInWords(this.world.connections.ids));
  }

  startAnotherRun(): void {
    this.#run = null;
  }

  /** Opens PostgreSQL, unless it is given, and Redis for the scenario; called by whatever needs it first. */
  async begin(database?: Database): Promise<void> {
    if (this.#db !== null) return;
    const { clock, connections } = this.world;
    this.#db = new WatchedTransactions(database ?? (await connections.database()));
    this.#attempts = attemptsOf(connections.redis(), clock);
    this.tokens.onInvalid = (address) => this.failedAttempt('access_token', address);
    this.#state = this.world.own(await openState(await connections.database(), connections.redis(), clock));
  }

  async failedAttempt(entrance: 'access_token' | 'connection', address: string): Promise<void> {
    await this.db.during(async () => this.#attempts?.recordFailure({ entrance, address }));
  }

  get state(): StateManager {
    if (this.#state === null) throw new Error('the scenario has not begun to deliver anything');
    return this.#state;
  }

  get db(): WatchedTransactions {
    if (this.#db === null) throw new Error('the scenario has not begun to deliver anything');
    return this.#db;
  }

  /** What anybody may do to rows who has a company's rights: PostgreSQL itself decides. */
  database(): Promise<Database> {
    return this.world.connections.database();
  }

  luck(share: number): void {
    this.#luck = share;
  }

  /** The first instance, or another one. */
  instance(place = 0): DeliveryInstance {
    while (this.#instances.length <= place) this.#instances.push(this.#start());
    return this.#instances[place] as DeliveryInstance;
  }

  #start(): DeliveryInstance {
    const { clock, connections } = this.world;
    const random = { bytes: (length: number) => luck(this.#luck).bytes(length) };
    const { db, hints: bus, tokens: authority, agents: commands, closing } = this;
    const { origins, trustedProxies, mostLines, starting } = this;
    const redis = new RedisInReach(this.state, db);
    const { ids } = connections;
    const name = `instance ${this.#instances.length + 1}`;
    const attempts = { recordFailure: (address: string) => this.failedAttempt('connection', address) };
    const ports = { db, bus, authority, attempts, commands, redis, closing };
    return this.world.own(
      new DeliveryInstance({ ...ports, origins, trustedProxies, mostLines, starting, name, clock, random, ids }),
    );
  }

  contextOf(name: PersonName): TenantContext {
    const known = this.#contexts.get(name);
    if (known !== undefined) return known;
    const { ids } = this.world.connections;
    const { company } = meaningOf('person', name, PEOPLE);
    const tenantId = this.#companies.get(company) ?? ids.next('tenant');
    this.#companies.set(company, tenantId);
    const { plan } = COMPANIES[company];
    const context = vouchFor({ tenantId, userId: ids.next('user'), plan, permissions: ['chat:use'] });
    this.#contexts.set(name, context);
    return context;
  }

  /** Tokens made from now on say so. */
  setRights(name: PersonName, permissions: readonly Permission[]): void {
    this.#contexts.set(name, vouchFor({ ...this.contextOf(name), permissions }));
  }

  /** One sign-in for each device of a person. */
  sessionOf(name: PersonName, device: string): SessionId {
    const key = `${name} ${device}`;
    const known = this.#sessions.get(key) ?? this.world.connections.ids.next('session');
    this.#sessions.set(key, known);
    return known;
  }

  tokenFor(name: PersonName, device: string, validMs = HOUR_MS): string {
    const until = new Date(this.world.clock.now() + validMs);
    const token = `token-of-${name}-${until.getTime()}`;
    this.tokens.give(token, this.contextOf(name), this.sessionOf(name, device), until);
    return token;
  }

  async open(
    name: PersonName,
    device: string,
    more: { validMs?: number; place?: number } = {},
  ): Promise<DeliveryDevice> {
    const token = this.tokenFor(name, device, more.validMs);
    const papers = { protocols: ['chat.v1', `bearer.${token}`], headers: {} };
    return this.knock(name, device, papers, more.place);
  }

  /** Comes to the door with these papers, whatever becomes of it. */
  async knock(name: PersonName, device: string, papers: Papers, place = 0): Promise<DeliveryDevice> {
    await this.begin();
    const opened = this.come(name, device, papers, place);
    await this.db.settled();
    return opened;
  }

  /** The same, and does not wait for what becomes of it. */
  come(name: PersonName, device: string, papers: Papers, place = 0): DeliveryDevice {
    const { evidence } = this.world;
    const wire = this.instance(place).wire(papers.from);
    const opened = new DeliveryDevice(`${name}'s ${device}`, wire, papers, evidence);
    this.#devices.set(`${name} ${device}`, this.world.own(opened));
    return opened;
  }

  device(name: PersonName, device: string): DeliveryDevice {
    const found = this.#devices.get(`${name} ${device}`);
    if (found === undefined) throw new Error(`${name} has no ${device} on a line`);
    return found;
  }

  opened(name: PersonName, device: string): boolean {
    return this.#devices.has(`${name} ${device}`);
  }

  /** `Dana phone` and its like, with the tabs themselves. */
  get devices(): ReadonlyMap<string, DeliveryDevice> {
    return this.#devices;
  }

  async threadOf(name: PersonName, title: string): Promise<ThreadId> {
    const known = this.threads.get(title);
    if (known !== undefined) return known;
    await this.begin();
    const { threadId } = await this.conversations().create(this.contextOf(name), title);
    this.threads.set(title, threadId);
    return threadId;
  }

  conversations(): Threads {
    return createThreads({
      db: this.db,
      clock: this.world.clock,
      ids: this.world.connections.ids,
      limits: limitsOfPlans(plans),
    });
  }

  thread(title?: string): ThreadId {
    const id = title === undefined ? [...this.threads.values()].at(-1) : this.threads.get(title);
    if (id === undefined) throw new Error(`no thread ${title === undefined ? '' : `"${title}" `}is open`);
    return id;
  }

  async watch(name: PersonName, device: string, title: string, place = 0): Promise<void> {
    const threadId = await this.threadOf(name, title);
    await this.open(name, device, { place });
    await this.follow(name, device, threadId);
  }

  async follow(name: PersonName, device: string, threadId: ThreadId, afterSeq = 0): Promise<void> {
    await this.say(name, device, { type: 'subscribe', threadId, afterSeq });
  }

  async say(name: PersonName, device: string, message: string | Buffer | object): Promise<void> {
    this.device(name, device).say(message);
    await this.db.settled();
  }

  /** Adds to a thread as its owner's agents do, and waits for all that follows; a refusal is kept. */
  async append(name: PersonName, drafts: readonly EventDraft[], place = 0, title?: string): Promise<Appended | null> {
    const before = this.db.looks;
    try {
      this.lastAppended = await this.instance(place).log.append(this.contextOf(name), this.thread(title), drafts);
      return this.lastAppended;
    } catch (refusal) {
      if (!(refusal instanceof PlatformError)) throw refusal;
      this.refusals.push(refusal);
      return null;
    } finally {
      await this.db.settled();
      this.looksOfLastAppend = this.db.looks - before;
    }
  }

  async stored(name: PersonName, title?: string): Promise<readonly ThreadEvent[]> {
    const { events } = await this.instance().log.read(this.contextOf(name), this.thread(title), 0, 10_000);
    return events;
  }

  reach(name: PersonName): DeliveryStatus {
    return this.instance().gateway.deliveryStatus(this.contextOf(name), this.thread());
  }

  /** The numbers of the events a device was shown of a thread, in the order they came. */
  shown(name: PersonName, device: string, title?: string): readonly number[] {
    return this.device(name, device)
      .story(this.thread(title))
      .map(({ seq }) => seq);
  }

  /** A run of its own with so many thoughts in a thread. */
  async thoughts(name: PersonName, count: number, note?: string, title?: string): Promise<void> {
    const run = new RunInWords(this.world.connections.ids);
    const thoughts = Array.from({ length: count - 2 }, () => run.one('a thought'));
    const said = note === undefined ? thoughts : thoughts.map((draft) => ({ ...draft, data: { step: 'read', note } }));
    await this.append(name, [run.one('the question'), run.one('the start'), ...(said as EventDraft[])], 0, title);
  }

  /** A run of its own begins when whoever looks next has found what was there before. */
  beginDuringNextLook(name: PersonName): void {
    const run = new RunInWords(this.world.connections.ids);
    const drafts = [run.one('the question'), run.one('the start')];
    this.db.afterNextLook = () => this.instance(0).log.append(this.contextOf(name), this.thread(), drafts);
  }

  /** A run of its own whose thoughts are handed in singly. */
  async oneAfterTheOther(name: PersonName, count: number, note: string): Promise<void> {
    const run = new RunInWords(this.world.connections.ids);
    await this.append(name, [run.one('the question'), run.one('the start')]);
    for (let told = 0; told < count; told++) {
      await this.append(name, [{ ...run.one('a thought'), data: { step: 'read', note } } as EventDraft]);
    }
  }

  /** Lets time pass for everybody, no faster than devices can answer. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STRIDE_MS) {
      this.world.clock.advance(Math.min(left, STRIDE_MS));
      await this.db.settled();
    }
  }

  /** All but the last millisecond, remembering how the devices stand then; and that millisecond. */
  async passNearly(ms: number): Promise<void> {
    await this.pass(ms - 1);
    for (const [key, device] of this.#devices) this.#nearly.set(key, device.isOpen ? 'open' : 'closed');
    await this.pass(1);
  }

  endOf(name: PersonName, device: string): { closed: DeliveryDevice['closed']; told: string | undefined } {
    return { closed: this.device(name, device).closed, told: this.#nearly.get(`${name} ${device}`) };
  }

  /** `open`, `gone without a word` or `closed with 4408 for "idle"`. */
  stateOf(name: PersonName, device: string): string {
    const { closed } = this.device(name, device);
    if (closed === null) return 'open';
    return closed.code === 1006 ? 'gone without a word' : `closed with ${closed.code} for "${closed.reason}"`;
  }

  async answerAfterAll(): Promise<void> {
    this.tokens.letGo();
    await this.db.settled();
  }

  ask(name: PersonName, device: string, text: string): Promise<void> {
    const message = { type: 'send_message', threadId: this.thread(), clientMessageId: `c-${text}`, text };
    return this.say(name, device, message);
  }

  async askAtOnce(name: PersonName, device: string, count: number): Promise<void> {
    const threadId = this.thread();
    for (let place = 1; place <= count; place++) {
      this.device(name, device).say({
        type: 'send_message',
        threadId,
        clientMessageId: `c-${place}`,
        text: `${place}`,
      });
    }
    await this.db.settled();
  }

  leaveThread(name: PersonName, device: string, title?: string): Promise<void> {
    return this.say(name, device, { type: 'unsubscribe', threadId: this.thread(title) });
  }

  async followMany(name: PersonName, device: string, count: number): Promise<void> {
    await this.open(name, device);
    for (let place = 1; place <= count; place++) {
      this.device(name, device).say({
        type: 'subscribe',
        threadId: await this.threadOf(name, `thread ${place}`),
        afterSeq: 0,
      });
    }
    await this.db.settled();
  }

  /** The beginning of the thread is gone, as after its archiving. */
  async keepFrom(name: PersonName, first: number): Promise<void> {
    const threadId = this.thread();
    await this.db.transaction(this.contextOf(name), async (tx) => {
      await tx.execute(sql`delete from thread_events where thread_id = ${threadId} and seq < ${first}`);
      await tx.execute(sql`update thread_heads set first_seq = ${first} where thread_id = ${threadId}`);
    });
  }

  count(): {
    connections: number;
    subscriptions: number;
    draining: boolean;
    figure: number | undefined;
    listening: number;
  } {
    const { gateway, figures } = this.instance();
    return { ...gateway.health(), figure: figures.get('chat_connections'), listening: this.hints.listening };
  }

  async refused(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (refusal) {
      if (!(refusal instanceof PlatformError)) throw refusal;
      this.refusals.push(refusal);
    }
  }
}
