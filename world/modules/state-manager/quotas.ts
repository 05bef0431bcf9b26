import type { At, StateLimits } from '../../../ssot/state-manager';
import type { PersonName } from '../../actors/personas';
import { NOTE } from './kinds';
import type { Notes } from './notes';

export type { StateLimits };

const AT = 'kept';
const IN_TURN = 3;
const AT_ONCE = 100;

/** How much somebody keeps, and what a list shows of it. */
export class Quotas {
  /** Of those that stood throughout a list's reading, how many it showed exactly once. */
  shownOnce = 0;
  readonly #kept = new Set<string>();

  constructor(private readonly notes: Notes) {}

  /** `entry 1`, `entry 2`, ... in one thread, each a moment after the one before. */
  async keep(name: PersonName, count: number, from = 1): Promise<void> {
    const state = await this.notes.instance();
    const put = (i: number): Promise<unknown> => {
      this.notes.host.clock.advance(1);
      this.#kept.add(`${name}: entry ${i}`);
      return state.put(this.notes.who(name), NOTE, at(`entry ${i}`), i);
    };
    // Which is older is known of the first ones: what is put at once has no order.
    const inTurn = Math.min(from + IN_TURN, from + count);
    for (let i = from; i < inTurn; i += 1) await put(i);
    for (let i = inTurn; i < from + count; i += AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, from + count - i) }, (_, more) => put(i + more)));
    }
  }

  /** That an entry is gone proves something only where it was kept. */
  assertKept(name: PersonName, item: string): void {
    if (!this.#kept.has(`${name}: ${item}`)) throw new Error(`${name} has kept no "${item}" in this scenario`);
  }

  async tryToKeepOneMore(name: PersonName): Promise<void> {
    this.notes.receipt = await this.notes.attempt((state) =>
      state.put(this.notes.who(name), NOTE, at('one more'), 'one more'),
    );
  }

  async read(name: PersonName, item: string): Promise<void> {
    const found = await this.notes.record(name, at(item), NOTE);
    if (found === undefined) throw new Error(`${name} has no "${item}"`);
  }

  /** Everything somebody keeps there, newest first. */
  async items(name: PersonName): Promise<readonly string[]> {
    const state = await this.notes.instance();
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const q = { id: AT, limit: 200, ...(cursor !== undefined && { cursor }) };
      const page = await state.list(this.notes.who(name), NOTE, q);
      found.push(...page.items.map((one) => one.at.item ?? ''));
      cursor = page.cursor;
    } while (cursor !== undefined);
    return found;
  }

  /** Page by page, while after each page some entries change, some go and some come. */
  async listWhileOthersWrite(name: PersonName, count: number): Promise<void> {
    const state = await this.notes.instance();
    const ctx = this.notes.who(name);
    const shown: string[] = [];
    let cursor: string | undefined;
    let turn = 0;
    do {
      const page = await state.list(ctx, NOTE, { id: AT, limit: 90, ...(cursor !== undefined && { cursor }) });
      shown.push(...page.items.map((one) => one.at.item ?? ''));
      cursor = page.cursor;
      const numbers = Array.from({ length: 10 }, (_, i) => (turn * 10 + i) % 100);
      await Promise.all(numbers.map((i) => state.remove(ctx, NOTE, at(`entry ${i * 9 + 1}`))));
      await Promise.all(numbers.map((i) => state.put(ctx, NOTE, at(`entry ${i * 9 + 2}`), 'changed')));
      await state.put(ctx, NOTE, at(`new ${turn}`), 'new');
      turn++;
    } while (cursor !== undefined);
    const stood = Array.from({ length: count }, (_, i) => i + 1).filter((i) => i % 9 !== 1);
    const times = (item: string): number => shown.filter((one) => one === item).length;
    this.shownOnce = stood.filter((i) => times(`entry ${i}`) === 1).length;
  }
}

function at(item: string): At {
  return { id: AT, item };
}
