import { z } from 'zod';
import type { Archive } from '../../analytics';
import {
  sql,
  type Clock,
  type Json,
  type TenantContext,
  type ThreadArchive,
  type ThreadEvent,
  type ThreadId,
  type ThreadSegment,
  type Transaction,
  type Transactions,
} from '../../kernel';
import { PersistenceError } from '../errors';
import { pack, unpack, type Packed } from './content';

const KIND = 'thread';
const partRow = z.object({
  part: z.coerce.number(),
  last_seq: z.coerce.number(),
  checksum: z.string(),
  state: z.enum(['copying', 'copied', 'moved']),
});
type PartRow = z.infer<typeof partRow>;

export interface ThreadArchiveDeps {
  readonly db: Transactions;
  readonly archive: Archive;
  readonly clock: Clock;
}

/** Segments of threads in the history, each named by its first number, and noted in PostgreSQL before it is copied. */
export class ThreadSegments implements ThreadArchive {
  constructor(private readonly deps: ThreadArchiveDeps) {}

  async copy(ctx: TenantContext, segment: ThreadSegment): Promise<void> {
    const { archive, db } = this.deps;
    const { tenantId, userId } = ctx;
    const { threadId } = segment;
    const { first, last } = endsOf(segment);
    const packed = packOf(ctx, segment);
    const ref = { tenantId, kind: KIND, subject: threadId };
    await db.transaction(ctx, (tx) => this.#note(tx, ctx, threadId, first, last, packed.checksum));
    if (!isSame(await archive.get(ref, first), packed)) {
      await archive.put({ ...ref, userId, part: first, ...packed });
      if (!isSame(await archive.get(ref, first), packed)) throw notCopied();
    }
    const { rows } = await db.transaction(ctx, (tx) =>
      tx.execute(
        sql`update archive_part set state = case state when 'copying' then 'copied' else state end
            where ${isPart(threadId, first)} and checksum = ${packed.checksum}`,
      ),
    );
    // Deleted meanwhile, with its thread: what was copied is purged once more.
    if (rows === 0) throw notCopied();
  }

  async markMoved(ctx: TenantContext, segment: ThreadSegment, tx: Transaction): Promise<void> {
    const { first, last } = endsOf(segment);
    const { rows } = await tx.execute(
      sql`update archive_part set state = 'moved' where ${isPart(segment.threadId, first)} and state = 'copied'
            and last_seq = ${last} and checksum = ${packOf(ctx, segment).checksum}`,
    );
    if (rows === 0) throw notCopied();
  }

  async isCopied(ctx: TenantContext, threadId: ThreadId, afterSeq: number, upToSeq: number): Promise<boolean> {
    const noted = (await this.#parts(ctx, threadId)).filter(({ part }) => part > afterSeq);
    const there = await this.deps.archive.parts({ tenantId: ctx.tenantId, kind: KIND, subject: threadId });
    let next = afterSeq + 1;
    for (const { part, last_seq: last, checksum, state } of noted) {
      if (part !== next || state === 'copying' || there.get(part) !== checksum) return false;
      next = last + 1;
    }
    return next > upToSeq;
  }

  async read(ctx: TenantContext, threadId: ThreadId, afterSeq: number): Promise<readonly ThreadEvent[]> {
    const parts = await this.#parts(ctx, threadId);
    const holds = ({ part, last_seq: last, state }: PartRow): boolean =>
      state === 'moved' && part <= afterSeq + 1 && last > afterSeq;
    const found = parts.find(holds);
    if (found === undefined) throw unavailable('this part of the thread is not there');
    const content = await this.#content(ctx, threadId, found);
    return (content as unknown as readonly ThreadEvent[]).filter(({ seq }) => seq > afterSeq);
  }

  async #content(ctx: TenantContext, threadId: ThreadId, { part, checksum }: PartRow): Promise<Json> {
    const { tenantId } = ctx;
    let stored: Packed | undefined;
    try {
      stored = await this.deps.archive.get({ tenantId, kind: KIND, subject: threadId }, part);
    } catch (cause) {
      throw unavailable('it does not answer', cause);
    }
    const content = stored?.checksum === checksum ? unpack(stored, aboutOf(ctx, threadId)) : undefined;
    if (content === undefined) throw unavailable(stored === undefined ? 'a part is missing' : 'a part is damaged');
    return content;
  }

  #parts(ctx: TenantContext, threadId: ThreadId): Promise<readonly PartRow[]> {
    return this.deps.db.transaction(
      ctx,
      (tx) =>
        tx.query(
          sql`select part, last_seq, checksum, state from archive_part
              where kind = ${KIND} and subject = ${threadId} and user_id = ${ctx.userId} order by part`,
          partRow,
        ),
      { readOnly: true },
    );
  }

  /** Before the first byte is copied. What is noted already, with the same content, stays as it is. */
  async #note(
    tx: Transaction,
    { tenantId, userId }: TenantContext,
    threadId: ThreadId,
    first: number,
    last: number,
    checksum: string,
  ): Promise<void> {
    const at = new Date(this.deps.clock.now());
    await tx.execute(sql`
      insert into archive_part (tenant_id, kind, subject, part, user_id, last_seq, checksum, state, noted_at)
      values (${tenantId}, ${KIND}, ${threadId}, ${first}, ${userId}, ${last}, ${checksum}, 'copying', ${at})
      on conflict (tenant_id, kind, subject, part) do update
        set last_seq = excluded.last_seq, checksum = excluded.checksum, state = 'copying', noted_at = excluded.noted_at
        where archive_part.checksum <> excluded.checksum`);
  }
}

function packOf(ctx: TenantContext, { threadId, events }: ThreadSegment): Packed {
  return pack(events, aboutOf(ctx, threadId));
}

export function aboutOf({ tenantId, userId }: TenantContext, subject: string): readonly string[] {
  return [tenantId, userId, subject];
}

function isSame(found: Packed | undefined, packed: Packed): boolean {
  return found?.checksum === packed.checksum && found.body === packed.body;
}

function endsOf({ events }: ThreadSegment): { readonly first: number; readonly last: number } {
  return { first: events[0]?.seq ?? 0, last: events.at(-1)?.seq ?? 0 };
}

function isPart(threadId: ThreadId, part: number) {
  return sql`kind = ${KIND} and subject = ${threadId} and part = ${part}`;
}

function notCopied(): PersistenceError {
  return new PersistenceError(
    'persistence_not_copied',
    'The copy in the history is not the same; nothing is given up.',
  );
}

function unavailable(why: string, cause?: unknown): PersistenceError {
  return new PersistenceError(
    'persistence_cold_unavailable',
    `What was said long ago cannot be read from the history right now (${why}). Try again later.`,
    { cause },
  );
}
