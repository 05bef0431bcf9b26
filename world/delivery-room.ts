import { vouchFor, type ConnectionId } from '../ssot/kernel';
import type { Device, RevocationScope } from '../ssot/websocket-manager';
import type { Delivery } from './delivery';
import type { DeliveryDevice, Papers } from './delivery-device';
import type { PersonName } from './personas';

const INSTANCES = 2;

/** Many devices at once: who is let in, who is sent away, and what is said of them. */
export class Room {
  crowd: DeliveryDevice[] = [];
  seen: readonly Device[] = [];
  outcome = '';
  /** Whoever was turned away last, one by one. */
  turnedAway: DeliveryDevice | null = null;
  #count = 0;
  #others: AsyncDisposable[] = [];

  constructor(private readonly delivery: Delivery) {}

  /** So many devices of one person come at the same moment, through two instances in turn. */
  async comeAtOnce(name: PersonName, count: number): Promise<void> {
    await this.delivery.begin();
    const papers = this.#papers(name);
    for (let i = 0; i < count; i++) this.crowd.push(this.delivery.come(name, this.#next(), papers, i % INSTANCES));
    await this.delivery.db.settled();
  }

  /** One after the other, to one instance. */
  async comeTo(place: number, name: PersonName, count: number, papers = this.#papers(name)): Promise<void> {
    for (let i = 0; i < count; i++) this.crowd.push(await this.delivery.knock(name, this.#next(), papers, place));
  }

  /** One more, and what it is answered: `welcome`, or why not. */
  async oneMore(
    name: PersonName,
    place = 0,
    origin: Pick<Papers, 'from' | 'headers'> = { headers: {} },
  ): Promise<string> {
    const papers = { ...this.#papers(name), ...origin };
    const device = await this.delivery.knock(name, this.#next(), papers, place);
    if (device.told('welcome').length === 0) this.turnedAway = device;
    return answerOf(device);
  }

  /** Somebody with papers that prove nothing, and what they are answered. */
  async strangerComes(papers: Papers): Promise<string> {
    return answerOf(await this.delivery.knock('Dana', this.#next(), papers));
  }

  /** One more, which says something before it is answered. */
  async oneMoreAsking(name: PersonName, text: string): Promise<string> {
    await this.delivery.threadOf(name, 'Q3 spend');
    this.delivery.tokens.hold();
    const device = await this.delivery.knock(name, this.#next(), this.#papers(name));
    device.say({ type: 'send_message', threadId: this.delivery.thread(), clientMessageId: 'c-1', text });
    await this.delivery.db.settled();
    await this.delivery.answerAfterAll();
    return answerOf(device);
  }

  async oneIsClosed(name: PersonName): Promise<void> {
    const id = this.open[0]?.told('welcome')[0]?.data['connectionId'] as ConnectionId;
    await this.disconnect(name, id);
  }

  /** How often each answer was given to the crowd. */
  get answers(): Readonly<Record<string, number>> {
    const counted: Record<string, number> = {};
    for (const device of this.crowd) counted[answerOf(device)] = (counted[answerOf(device)] ?? 0) + 1;
    return counted;
  }

  get open(): readonly DeliveryDevice[] {
    return this.crowd.filter(({ isOpen }) => isOpen);
  }

  /** One of the crowd that was let in leaves. */
  async oneLeaves(): Promise<void> {
    this.open[0]?.leave();
    await this.delivery.db.settled();
  }

  /** Devices of so many colleagues have places that this scenario does not see. */
  async othersOf(name: PersonName, count: number): Promise<void> {
    await this.delivery.knock(name, 'tablet', this.#papers(name));
    await this.delivery.ends.leave([[name, 'tablet']]);
    const asked = this.delivery.instance().redis.asked.get('tenant devices');
    if (asked === undefined) throw new Error('nobody asked for a place in the name of the company');
    const { pool, terms } = asked;
    const colleague = vouchFor({ ...this.delivery.contextOf(name) });
    const taken = await Promise.all(
      Array.from({ length: count }, () => this.delivery.state.takeSlot(colleague, pool, terms)),
    );
    this.#others = taken.filter((one) => 'renew' in one);
  }

  async othersLeave(count: number): Promise<void> {
    for (const slot of this.#others.splice(0, count)) await slot[Symbol.asyncDispose]();
  }

  async setRedis(reachable: boolean): Promise<void> {
    await this.delivery.begin();
    this.delivery.closing.reachable = this.delivery.hints.reachable = reachable;
    for (let place = 0; place < INSTANCES; place++) this.delivery.instance(place).redis.reachable = reachable;
  }

  async look(name: PersonName, place: number): Promise<void> {
    this.seen = await this.delivery.instance(place).gateway.devices(this.delivery.contextOf(name));
  }

  /** `phone instance 1 Q3 spend 2`, or without a thread. */
  describe({ id, instance, threads }: Device): { device: string; instance: string; threads: string } {
    const titles = new Map([...this.delivery.threads].map(([title, threadId]) => [threadId, title]));
    return {
      device: ['phone', 'laptop', 'tablet'].find((one) => this.#isOf(one, id)) ?? 'unknown',
      instance,
      threads: threads.map(({ threadId, sentSeq }) => `${titles.get(threadId)} ${sentSeq}`).join(', '),
    };
  }

  #isOf(device: string, id: ConnectionId): boolean {
    return this.delivery.opened('Dana', device) && this.connectionOf('Dana', device) === id;
  }

  connectionOf(name: PersonName, device: string): ConnectionId {
    return this.delivery.device(name, device).told('welcome')[0]?.data['connectionId'] as ConnectionId;
  }

  async disconnect(by: PersonName, id: ConnectionId): Promise<void> {
    const { gateway } = this.delivery.instance();
    this.outcome = await gateway.disconnect(this.delivery.contextOf(by), id);
    await this.delivery.db.settled();
  }

  async revoke(scope: RevocationScope): Promise<void> {
    const { closed } = await this.delivery.instance().gateway.revoke(scope);
    this.outcome = `${closed} closed`;
    await this.delivery.db.settled();
  }

  /** `Dana's phone` is a sign-in, `Dana` a person, `Dana's company` a company. */
  async endAccess(whose: string): Promise<void> {
    const [name, of] = whose.split("'s ") as [PersonName, string?];
    const { tenantId, userId } = this.delivery.contextOf(name);
    if (of === 'company') return this.revoke({ tenantId });
    if (of === undefined) return this.revoke({ tenantId, userId });
    return this.revoke({ tenantId, userId, sessionId: this.delivery.sessionOf(name, of) });
  }

  #papers(name: PersonName): Papers {
    const token = this.delivery.tokenFor(name, 'phone');
    return { protocols: ['chat.v1', `bearer.${token}`], headers: {} };
  }

  #next(): string {
    this.#count += 1;
    return `device ${this.#count}`;
  }
}

/** `welcome`, or the reason, the wait and the close code: `rate_limited, 60000, 4429`. */
function answerOf(device: DeliveryDevice): string {
  const [error] = device.told('error');
  if (error === undefined) return device.told('welcome').length === 1 ? 'welcome' : 'nothing';
  const { code, retryAfterMs } = error.data as { code: string; retryAfterMs?: number };
  return [code, retryAfterMs, device.closed?.code].filter((part) => part !== undefined).join(', ');
}
