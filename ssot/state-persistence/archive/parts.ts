import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Archive } from '../../analytics';
import {
  contextOfSubject,
  sql,
  type Clock,
  type Json,
  type Sql,
  type TenantId,
  type Transaction,
  type Transactions,
  type UserId,
} from '../../kernel';
import { PersistenceError } from '../errors';
import { pack, unpack, type Packed } from './content';
import { deleteArchivedOf } from './purge';

const partRow = z.object({
  part: z.coerce.number(),
  last_seq: z.coerce.number(),
  checksum: z.string(),
  state: z.enum(['copying', 'copied', 'moved']),
});
export type PartRow = z.infer<typeof partRow>;
const nameRow = z.object({ subject: z.string(), part: z.coerce.number() });

export interface ArchiveDeps {
  readonly db: Transactions;
  readonly archive: Archive;
  readonly clock: Clock;
}

/** Content of a person that goes to the history as a whole. */
export interface Part {
  readonly userId: UserId;
  /** The thread or the run that it belongs to. */
  readonly subject: string;
  /** Names it within its subject: of a thread the number of its first event. */
  readonly part: number;
  /** Of a thread the number of its last event, of a run its version. */
  readonly last: number;
  readonly content: Json;
}
type PackedPart = Part & Packed;

/** Whose content it is; what stands in another place does not open. */
export interface Place {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly subject: string;
}

/**
 * What is in the history of one kind of content. Each part is noted in PostgreSQL before it is copied, so that whoever deletes its
 * subject knows what to have removed; copied, read back and compared; and given up in PostgreSQL only in the transaction that says so.
 */
export class ArchivedParts {
  constructor(
    private readonly kind: 'thread' | 'run',
    private readonly deps: ArchiveDeps,
  ) {}

  /**
   * Resolves with those whose copy was read back and is the same, however often it was begun before; what was deleted meanwhile is not
   * among them. `goneOf`: subjects of these that are not there any more; nothing stays of them.
   */
  async copy(
    tenantId: TenantId,
    parts: readonly Part[],
    goneOf: (tx: Transaction) => Promise<readonly string[]>,
  ): Promise<readonly Part[]> {
    const packed = parts.map((one) => packOf(tenantId, one));
    const ctx = contextOfSubject({ tenantId });
    await this.deps.db.transaction(ctx, (tx) => this.#note(tx, tenantId, packed));
    try {
      return await this.#copyNoted(tenantId, parts, packed);
    } finally {
      await this.deps.db.transaction(ctx, async (tx) => {
        // What was deleted after it was read, and before its copy was noted, is known to nobody else.
        const gone = await goneOf(tx);
        const at = new Date(this.deps.clock.now());
        if (gone.length > 0) await deleteArchivedOf(tx, { tenantId, kind: this.kind }, gone, at);
        await this.#purgeDeleted(tx, tenantId, packed, at);
      });
    }
  }

  async #copyNoted(
    tenantId: TenantId,
    parts: readonly Part[],
    packed: readonly PackedPart[],
  ): Promise<readonly Part[]> {
    let missing = await this.#notThere(tenantId, packed);
    if (missing.length > 0) {
      await this.deps.archive.put(...missing.map((one) => this.#stored(tenantId, one)));
      missing = await this.#notThere(tenantId, missing);
    }
    const there = packed.filter((one) => !missing.includes(one));
    const noted = await this.deps.db.transaction(contextOfSubject({ tenantId }), (tx) =>
      tx.query(
        sql`update archive_part p set state = case p.state when 'copying' then 'copied' else p.state end
            from ${listOf(there)} where ${this.#isListed} returning p.subject, p.part`,
        nameRow,
      ),
    );
    const names = new Set(noted.map(nameOf));
    return parts.filter((one) => names.has(nameOf(one)));
  }

  /** In the transaction in which their rows go. Throws `persistence_not_copied` if one of them was not copied as it is. */
  async markMoved(tx: Transaction, tenantId: TenantId, parts: readonly Part[]): Promise<void> {
    const packed = parts.map((one) => packOf(tenantId, one));
    const { rows } = await tx.execute(
      sql`update archive_part p set state = 'moved' from ${listOf(packed)}
          where ${this.#isListed} and p.last_seq = c.last and p.state = 'copied'`,
    );
    if (rows !== parts.length) throw notCopied();
  }

  /** What is noted of a subject of this person, in order. */
  parts({ tenantId, userId, subject }: Place): Promise<readonly PartRow[]> {
    return this.deps.db.transaction(
      contextOfSubject({ tenantId }),
      (tx) =>
        tx.query(
          sql`select part, last_seq, checksum, state from archive_part
              where kind = ${this.kind} and subject = ${subject} and user_id = ${userId} order by part`,
          partRow,
        ),
      { readOnly: true },
    );
  }

  /** Checksums of what the history has of a subject, by part. */
  async checksums({ tenantId, subject }: Pick<Place, 'tenantId' | 'subject'>): Promise<ReadonlyMap<number, string>> {
    const there = await this.deps.archive.stored({ tenantId, kind: this.kind }, [subject]);
    return new Map(there.map(({ part, checksum }) => [part, checksum]));
  }

  /** Throws `persistence_cold_unavailable`, also for what is damaged. */
  async content(place: Place, { part, checksum }: Pick<PartRow, 'part' | 'checksum'>): Promise<Json> {
    let stored: Packed | undefined;
    try {
      const { tenantId, subject } = place;
      stored = await this.deps.archive.get({ tenantId, kind: this.kind, subject }, part);
    } catch (cause) {
      throw unavailable('it does not answer', cause);
    }
    const content = stored?.checksum === checksum ? unpack(stored, aboutOf(place)) : undefined;
    if (content === undefined) throw unavailable(stored === undefined ? 'a part is missing' : 'a part is damaged');
    return content;
  }

  /** Before the first byte is copied. What is noted already, with the same content, stays as it is. */
  async #note(tx: Transaction, tenantId: TenantId, packed: readonly PackedPart[]): Promise<void> {
    const at = new Date(this.deps.clock.now());
    await tx.execute(sql`
      insert into archive_part (tenant_id, kind, subject, part, user_id, last_seq, checksum, state, noted_at)
      select ${tenantId}, ${this.kind}, c.subject, c.part, c.user_id, c.last, c.checksum, 'copying', ${at}::timestamptz
      from ${listOf(packed)}
      on conflict (tenant_id, kind, subject, part) do update
        set last_seq = excluded.last_seq, checksum = excluded.checksum, state = 'copying', noted_at = excluded.noted_at
        where archive_part.checksum <> excluded.checksum`);
  }

  /** Of whom or what all is erased meanwhile the copy may still land, and nobody would know of it. */
  async #purgeDeleted(tx: Transaction, tenantId: TenantId, packed: readonly PackedPart[], at: Date): Promise<void> {
    await tx.execute(sql`
      insert into archive_purge (tenant_id, subject, user_id, due_at)
      select distinct ${tenantId}, c.subject, c.user_id, ${at}::timestamptz from ${listOf(packed)}
      where not exists(select from archive_part p where p.kind = ${this.kind} and p.subject = c.subject and p.part = c.part)
      on conflict (tenant_id, subject) do nothing`);
  }

  async #notThere(tenantId: TenantId, packed: readonly PackedPart[]): Promise<readonly PackedPart[]> {
    const subjects = [...new Set(packed.map(({ subject }) => subject))];
    const stored = await this.deps.archive.digested({ tenantId, kind: this.kind }, subjects);
    const there = new Map(stored.map((one) => [nameOf(one), one]));
    return packed.filter((one) => {
      const found = there.get(nameOf(one));
      return found?.checksum !== one.checksum || found.digest !== digestOf(one.body);
    });
  }

  #stored(tenantId: TenantId, { userId, subject, part, checksum, body }: PackedPart) {
    return { tenantId, userId, kind: this.kind, subject, part, checksum, body };
  }

  get #isListed(): Sql {
    return sql`p.kind = ${this.kind} and p.subject = c.subject and p.part = c.part and p.checksum = c.checksum`;
  }
}

function packOf<P extends Part>(tenantId: TenantId, one: P): P & Packed {
  return { ...one, ...pack(one.content, aboutOf({ tenantId, ...one })) };
}

function listOf(packed: readonly PackedPart[]): Sql {
  const column = <K extends keyof PackedPart>(name: K) => packed.map((one) => one[name]);
  return sql`unnest(${column('subject')}::text[], ${column('part')}::bigint[], ${column('userId')}::text[],
    ${column('last')}::bigint[], ${column('checksum')}::text[]) as c (subject, part, user_id, last, checksum)`;
}

function nameOf({ subject, part }: Pick<Part, 'subject' | 'part'>): string {
  return `${subject} ${part}`;
}

export function aboutOf({ tenantId, userId, subject }: Place): readonly string[] {
  return [tenantId, userId, subject];
}

function digestOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

export function notCopied(): PersistenceError {
  return new PersistenceError(
    'persistence_not_copied',
    'The copy in the history is not the same; nothing is given up.',
  );
}

export function unavailable(why: string, cause?: unknown): PersistenceError {
  return new PersistenceError(
    'persistence_cold_unavailable',
    `What was said long ago cannot be read from the history right now (${why}). Try again later.`,
    { cause },
  );
}
