import type { TenantContext, ThreadArchive, ThreadEvent, ThreadId, ThreadSegment, Transaction } from '../../kernel';
import { ArchivedParts, notCopied, unavailable, type ArchiveDeps, type Part, type PartRow } from './parts';

/** Segments of threads in the history, each named by its first number. */
export class ThreadSegments implements ThreadArchive {
  readonly #parts: ArchivedParts;

  constructor(deps: ArchiveDeps) {
    this.#parts = new ArchivedParts('thread', deps);
  }

  async copy(
    ctx: TenantContext,
    segment: ThreadSegment,
    isThere: (tx: Transaction) => Promise<boolean>,
  ): Promise<void> {
    const goneOf = async (tx: Transaction) => ((await isThere(tx)) ? [] : [segment.threadId]);
    const copied = await this.#parts.copy(ctx.tenantId, [partOf(ctx, segment)], goneOf);
    // Not the same, or deleted meanwhile with its thread: what was copied is purged once more.
    if (copied.length === 0) throw notCopied();
  }

  markMoved(ctx: TenantContext, segment: ThreadSegment, tx: Transaction): Promise<void> {
    return this.#parts.markMoved(tx, ctx.tenantId, [partOf(ctx, segment)]);
  }

  async isCopied(ctx: TenantContext, threadId: ThreadId, afterSeq: number, upToSeq: number): Promise<boolean> {
    const place = { ...ctx, subject: threadId };
    const noted = (await this.#parts.parts(place)).filter(({ part }) => part > afterSeq);
    const there = await this.#parts.checksums(place);
    let next = afterSeq + 1;
    for (const { part, last_seq: last, checksum, state } of noted) {
      if (part !== next || state === 'copying' || there.get(part) !== checksum) return false;
      next = last + 1;
    }
    return next > upToSeq;
  }

  async read(ctx: TenantContext, threadId: ThreadId, afterSeq: number): Promise<readonly ThreadEvent[]> {
    const place = { ...ctx, subject: threadId };
    const holds = ({ part, last_seq: last, state }: PartRow): boolean =>
      state === 'moved' && part <= afterSeq + 1 && last > afterSeq;
    const found = (await this.#parts.parts(place)).find(holds);
    if (found === undefined) throw unavailable('this part of the thread is not there');
    const content = await this.#parts.content(place, found);
    return (content as unknown as readonly ThreadEvent[]).filter(({ seq }) => seq > afterSeq);
  }
}

function partOf({ userId }: TenantContext, { threadId, events }: ThreadSegment): Part {
  const [first, last] = [events[0]?.seq ?? 0, events.at(-1)?.seq ?? 0];
  return { userId, subject: threadId, part: first, last, content: events };
}
