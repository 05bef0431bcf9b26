import type { Delivery } from './delivery';
import type { DeliveryDevice } from './delivery-device';
import type { PersonName } from './personas';

/** The same counts, by name: `admitted`, `refused`, `events`, `open`, and `ended: <why>`. */
type Counts = Readonly<Record<string, number>>;

/** Many devices that come and go in every way, counted twice: by themselves, and by the instance. */
export class Churn {
  readonly #groups: DeliveryDevice[][] = [];

  constructor(private readonly delivery: Delivery) {}

  async come(name: PersonName, devices: number, events: number): Promise<void> {
    const { room } = this.delivery;
    const threadId = await this.delivery.threadOf(name, `${name}'s own`);
    await this.delivery.thoughts(name, events, undefined, `${name}'s own`);
    const before = room.crowd.length;
    await room.comeTo(0, name, devices);
    const admitted = room.crowd.slice(before).filter(({ isOpen }) => isOpen);
    for (const device of admitted) device.say({ type: 'subscribe', threadId, afterSeq: 0 });
    this.#groups.push(admitted);
    await this.delivery.db.settled();
  }

  async go({ left, torn, closed }: { left: number; torn: number; closed: number }): Promise<void> {
    for (const group of this.#groups) {
      for (const device of group.slice(0, left)) device.leave();
      for (const device of group.slice(left, left + torn)) device.tearOff();
      for (const device of group.slice(left + torn, left + torn + closed)) device.say(Buffer.alloc(70_000));
    }
    await this.delivery.db.settled();
  }

  /** As the devices saw it. */
  seen(): Counts {
    const { crowd } = this.delivery.room;
    const ends = crowd.flatMap(({ closed }) => (closed === null ? [] : [WHY[closed.code] ?? closed.reason]));
    return {
      admitted: crowd.filter((device) => device.told('welcome').length === 1).length,
      refused: crowd.filter((device) => device.told('welcome').length === 0).length,
      events: crowd.flatMap(({ received }) => received.filter(({ seq }) => seq !== undefined)).length,
      open: crowd.filter(({ isOpen }) => isOpen).length,
      ...tally(ends.map((why) => `ended: ${why}`)),
    };
  }

  /** As operators are told. */
  told(): Counts {
    const { figures } = this.delivery.instance();
    const ends = [...figures].filter(([name]) => name.startsWith('chat_connections_closed_total '));
    return {
      admitted: figures.get('chat_connections_total admitted') ?? 0,
      refused: figures.get('chat_connections_total refused') ?? 0,
      events: figures.get('chat_events_sent_total') ?? 0,
      open: figures.get('chat_connections') ?? 0,
      ...Object.fromEntries(
        ends.map(([name, count]) => [name.replace('chat_connections_closed_total', 'ended:'), count]),
      ),
    };
  }
}

/** Ends that carry no reason of ours. */
const WHY: Readonly<Record<number, string>> = { 1000: 'left', 1006: 'lost', 1009: 'message_too_big' };

function tally(words: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
