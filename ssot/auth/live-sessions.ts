import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { sql, type Clock, type SessionId, type Transactions } from '../kernel';
import type { Ending } from './contract';
import { accessRevoked, sessionEnded } from './errors';
import { AUTHORITY } from './principals';

const BELIEVED_MS = 1_000;
const REMEMBERED = 50_000;
const sessionRow = z.object({ session_id: z.custom<SessionId>(), alive: z.boolean(), suspended: z.boolean() });

/**
 * Which sign-ins are alive, as PostgreSQL says. An answer is believed for at most a second, counted from before the
 * question was asked, so that a sign-out during it is not overlooked any longer than that.
 */
export class LiveSessions {
  readonly #seen = new LRUCache<SessionId, { askedAt: number; ending: Promise<Ending | undefined> }>({
    max: REMEMBERED,
  });

  constructor(
    private readonly db: Transactions,
    private readonly clock: Clock,
  ) {}

  async assertAlive(id: SessionId): Promise<void> {
    const now = this.clock.monotonic();
    let known = this.#seen.get(id);
    if (known === undefined || now - known.askedAt >= BELIEVED_MS) {
      const ending = this.endedAmong([id]).then((ended) => ended.get(id));
      // An answer that did not come is asked for again.
      ending.catch(() => this.#seen.delete(id));
      known = { askedAt: now, ending };
      this.#seen.set(id, known);
    }
    const ending = await known.ending;
    if (ending !== undefined) throw ending === 'session_ended' ? sessionEnded() : accessRevoked();
  }

  forget(id: SessionId): void {
    this.#seen.delete(id);
  }

  async endedAmong(ids: readonly SessionId[]): Promise<ReadonlyMap<SessionId, Ending>> {
    if (ids.length === 0) return new Map();
    const now = new Date(this.clock.now());
    const found = await this.db.asService(
      AUTHORITY,
      (tx) =>
        tx.query(
          sql`select s.session_id, t.suspended_at is not null as suspended,
                s.ended_at is null and s.ends_at > ${now} and s.idle_until > ${now} as alive
              from session s join tenant t using (tenant_id) where s.session_id = any(${[...ids]})`,
          sessionRow,
        ),
      { readOnly: true },
    );
    const ended = new Map<SessionId, Ending>(ids.map((id) => [id, 'session_ended']));
    for (const { session_id: id, alive, suspended } of found) {
      if (suspended) ended.set(id, 'access_revoked');
      else if (alive) ended.delete(id);
    }
    return ended;
  }
}
