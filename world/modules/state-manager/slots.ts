import type { Slot } from '../../../ssot/state-manager';
import type { PersonName } from '../../actors/personas';
import type { Notes } from './notes';

/** How many answers a company may have at a time, in these scenarios. */
export const ANSWERS = { pool: { scope: 'tenant', name: 'answers' }, terms: { limit: 10, leaseMs: 30_000 } } as const;

/** Slots of which a company has a limited number. */
export class Slots {
  taken: readonly Slot[] = [];
  /** What those were told who got none. */
  full: readonly { full: number; freeInMs: number }[] = [];

  constructor(private readonly notes: Notes) {}

  /** Callers on two instances ask at once. */
  async takeAtOnce(name: PersonName, callers: number): Promise<void> {
    const { instances } = this.notes;
    const both = [await this.notes.instance(), await instances.start()] as const;
    const ctx = this.notes.who(name);
    const answers = await Promise.all(
      Array.from({ length: callers }, (_, i) => (both[i % 2] ?? both[0]).takeSlot(ctx, ANSWERS.pool, ANSWERS.terms)),
    );
    this.taken = answers.filter((answer): answer is Slot => 'renew' in answer);
    this.full = answers.flatMap((answer) => ('full' in answer ? [answer] : []));
  }

  async isOneFree(name: PersonName): Promise<boolean> {
    const state = await this.notes.instance();
    return 'renew' in (await state.takeSlot(this.notes.who(name), ANSWERS.pool, ANSWERS.terms));
  }
}
