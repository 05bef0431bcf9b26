import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { servicePrincipal, sql, type Clock, type SessionId, type Transactions } from '../kernel';
import { sessionEnded } from './errors';

const BELIEVED_MS = 1_000;
const REMEMBERED = 50_000;
const sessionRow = z.object({ session_id: z.custom<SessionId>() });

/**
 * Which sign-ins are alive, as PostgreSQL says. An answer is believed for at most a second, counted from before the
 * question was asked, so that a sign-out during it is not overlooked any longer than that.
 */
export class LiveSessions {
  readonly #seen = new LRUCache<SessionId, { askedAt: number; alive: Promise<boolean> }>({ max: REMEMBERED });

  constructor(
    private readonly db: Transactions,
    private readonly clock: Clock,
  ) {}

  async assertAlive(id: SessionId): Promise<void> {
    const now = this.clock.monotonic();
    let known = this.#seen.get(id);
    if (known === undefined || now - known.askedAt >= BELIEVED_MS) {
      const alive = this.endedAmong([id]).then((ended) => !ended.has(id));
      // An answer that did not come is asked for again.
      alive.catch(() => this.#seen.delete(id));
      known = { askedAt: now, alive };
      this.#seen.set(id, known);
    }
    if (!(await known.alive)) throw sessionEnded();
  }

  forget(id: SessionId): void {
    this.#seen.delete(id);
  }

  async endedAmong(ids: readonly SessionId[]): Promise<ReadonlySet<SessionId>> {
    if (ids.length === 0) return new Set();
    const now = new Date(this.clock.now());
    const alive = await this.db.asService(
      servicePrincipal('auth'),
      (tx) =>
        tx.query(
          sql`select session_id from session
              where session_id = any(${[...ids]}) and ended_at is null and ends_at > ${now} and idle_until > ${now}`,
          sessionRow,
        ),
      { readOnly: true },
    );
    const living = new Set(alive.map(({ session_id }) => session_id));
    return new Set(ids.filter((id) => !living.has(id)));
  }
}
