import type { Delivery } from './delivery';
import type { Papers } from './delivery-device';
import type { PersonName } from './personas';

const DEVICES = ['phone', 'laptop'] as const;
const BAD_TOKEN: Papers = { protocols: ['chat.v1', 'bearer.of-nobody'], headers: {} };
const NO_TOKEN: Papers = { protocols: ['chat.v1'], headers: {} };

/** Devices that say more than they may, and addresses that try more often than they may. */
export class Greed {
  address = '';
  answers: readonly string[] = [];
  #said = 0;
  #name: PersonName = 'Dana';

  constructor(private readonly delivery: Delivery) {}

  async openOnBoth(name: PersonName): Promise<void> {
    this.#name = name;
    await this.delivery.threadOf(name, 'Q3 spend');
    for (const [place, device] of DEVICES.entries()) await this.delivery.open(name, device, { place });
  }

  async send(device: string, count: number): Promise<void> {
    const threadId = this.delivery.thread('Q3 spend');
    for (let i = 0; i < count; i++) {
      this.#said += 1;
      const message = { type: 'send_message', threadId, clientMessageId: `c-${this.#said}`, text: `${this.#said}` };
      this.delivery.device(this.#name, device).say(message);
    }
    await this.delivery.db.settled();
  }

  async sendByTurns(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.send(DEVICES[i % DEVICES.length] ?? 'phone', 1);
  }

  async sendAsLeo(): Promise<void> {
    if (!this.delivery.opened('Leo', 'phone')) await this.delivery.open('Leo', 'phone');
    const threadId = await this.delivery.threadOf('Leo', "Leo's own");
    await this.delivery.say('Leo', 'phone', { type: 'send_message', threadId, clientMessageId: 'c-1', text: 'Hello?' });
  }

  async rounds(count: number, times: number, everyMs: number): Promise<void> {
    for (let round = 0; round < times; round++) {
      if (round > 0) await this.delivery.pass(everyMs);
      await this.sendAsLeo();
      await this.send('phone', count);
    }
  }

  /** The words of the last refusal of whoever was refused last, her devices or one that was turned away. */
  get reason(): unknown {
    const { room, device } = { room: this.delivery.room, device: this.#refusedLast };
    const refused = device === '' ? (room.turnedAway ?? room.crowd.at(-1)) : this.delivery.device(this.#name, device);
    return refused?.told('error').at(-1)?.data['message'];
  }
  #refusedLast = '';

  /** What a device of hers was refused, in order. */
  refusals(device: string): readonly { code: unknown; retryAfterMs?: unknown }[] {
    this.#refusedLast = device;
    return this.delivery
      .device(this.#name, device)
      .told('error')
      .map(({ data: { code, retryAfterMs } }) => ({ code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }));
  }

  async ping(device: string, count: number): Promise<void> {
    for (let i = 0; i < count; i++) this.delivery.device(this.#name, device).say({ type: 'ping' });
    await this.delivery.db.settled();
  }

  async babble(device: string, count: number, bytes: number): Promise<void> {
    for (let i = 0; i < count; i++) this.delivery.device(this.#name, device).say('x'.repeat(bytes));
    await this.delivery.db.settled();
  }

  async comeWithBadTokens(address: string, count: number): Promise<void> {
    this.address = address;
    await this.#come(count, { ...BAD_TOKEN, from: address });
  }

  /** Through another address, which says whom they come from. */
  async comeForwarded(through: string, forwardedFor: string, count: number): Promise<void> {
    await this.#come(count, { ...BAD_TOKEN, ...at(through, forwardedFor) });
  }

  async comeForwardedTwice(through: string, one: string, other: string): Promise<void> {
    const answer = (forwardedFor: string): Promise<string> =>
      this.delivery.room.strangerComes({ ...BAD_TOKEN, ...at(through, forwardedFor) });
    this.answers = [await answer(one), await answer(other)];
  }

  /** Somebody nobody knows, from the address that failed, and from another one. */
  async strangerFromBoth(how: string): Promise<void> {
    const papers = how === 'without a token' ? NO_TOKEN : BAD_TOKEN;
    const answer = (from: string): Promise<string> => this.delivery.room.strangerComes({ ...papers, from });
    this.answers = [await answer(this.address), await answer('203.0.113.99')];
  }

  /** What somebody is answered who comes from the address that failed. */
  comeFromThere(name: PersonName): Promise<string> {
    return this.delivery.room.oneMore(name, 0, at(this.address));
  }

  /** Different people, because one may have ten devices. */
  async letIn(count: number): Promise<void> {
    this.address = '203.0.113.66';
    const people = ['Ravi', 'Ada', 'Leo', 'Mia'] as const;
    for (let i = 0; i < count; i++) {
      await this.delivery.room.oneMore(people[i % people.length] ?? 'Ravi', 0, at(this.address));
    }
  }

  async failInTurn(count: number): Promise<void> {
    const ways: readonly Papers[] = [
      NO_TOKEN,
      { protocols: ['chat.v1'], headers: {}, address: '/v1/chat?token=any' },
      { protocols: ['chat.v1'], headers: {}, origin: 'https://evil.example' },
    ];
    for (const papers of ways) await this.#come(count / ways.length, { ...papers, from: this.address });
  }

  #come(count: number, papers: Papers): Promise<void> {
    return this.delivery.room.comeTo(0, this.#name, count, papers);
  }
}

function at(from: string, forwardedFor?: string): Pick<Papers, 'from' | 'headers'> {
  return { from, headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor } };
}
