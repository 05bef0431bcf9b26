import { z } from 'zod';
import { DatabaseError } from '../../database-manager';
import {
  assertAllowed,
  sql,
  type Clock,
  type Logger,
  type Sql,
  type TenantContext,
  type Transaction,
  type Transactions,
} from '../../kernel';
import { AuthError } from '../errors';
import { ChainCheck, genesisOf, hashOf, type ChainHead, type ChainVerdict } from './chain';
import { accountOf, entryText, storedEntry, type AuditEvent, type Chain } from './entry';

const BATCH = 500;
const VERIFY_LIMIT_MS = 60_000;
/** bigint comes as text; there are fewer entries than whole numbers that JavaScript counts exactly. */
const seq = z.coerce.number();
const endRow = z.object({ last_seq: seq, last_hash: z.instanceof(Buffer) });
const headRow = endRow.extend({ first_seq: seq, first_prev_hash: z.instanceof(Buffer) });
const linkRow = z.object({
  seq,
  at: z.date(),
  entry: z.string(),
  prev_hash: z.instanceof(Buffer),
  hash: z.instanceof(Buffer),
});

export interface AuditEntry extends z.infer<typeof storedEntry> {
  readonly seq: number;
  readonly at: Date;
}

export interface AuditQuery {
  /** At most so many, newest first. */
  readonly limit: number;
  /** Only those older than this one. */
  readonly before?: number;
}

/** Where an entry will stand in its chain. */
interface Place {
  readonly chain: Chain;
  readonly seq: number;
  readonly prevHash: Buffer;
}

/** Decisions about a company in one hash-chained list, each written in the transaction of the decision itself. */
export class AuditTrail {
  constructor(private readonly deps: { readonly db: Transactions; readonly clock: Clock; readonly log: Logger }) {}

  /**
   * Call it last in a turn of auth's service principal: from here to its end other decisions about the company wait. Throws
   * `audit_unavailable`, and the decision must not happen then.
   */
  async append(tx: Transaction, chain: Chain, event: AuditEvent): Promise<void> {
    await this.write(tx, await this.place(tx, chain), event);
  }

  /** The first half of `append`, for whoever has more to send with it: this place is written before any other is taken. */
  async place(tx: Transaction, chain: Chain): Promise<Place> {
    const { last_seq: seq, last_hash: prevHash } = await orUnavailable(this.#takePlace(tx, chain));
    return { chain, seq, prevHash };
  }

  /** The second half. */
  async write(tx: Transaction, { chain, seq, prevHash }: Place, event: AuditEvent): Promise<void> {
    const at = new Date(this.deps.clock.now());
    const link = { seq, at, entry: entryText(event), prevHash };
    const hash = hashOf(chain, link);
    await orUnavailable(
      tx.execute(sql`
        with head as (update audit_head set last_hash = ${hash} where tenant_id = ${chain})
        insert into audit_entry (tenant_id, seq, at, entry, prev_hash, hash, account_id)
        values (${chain}, ${seq}, ${at}, ${link.entry}, ${prevHash}, ${hash}, ${accountOf(event)})`),
    );
    const { action, by, subject } = event;
    tx.afterCommit(() => this.deps.log.info({ audit: { chain, seq, action, by, subject } }, 'decided'));
  }

  /** Newest first. Throws `not_allowed`. */
  async read(ctx: TenantContext, query: AuditQuery): Promise<readonly AuditEntry[]> {
    assertAllowed(ctx, 'audit:read');
    return this.#read(ctx, query, sql`true`);
  }

  /** What happened to one's own account, newest first. */
  async readOwn(ctx: TenantContext, query: AuditQuery): Promise<readonly AuditEntry[]> {
    assertAllowed(ctx, 'account:use');
    return this.#read(ctx, query, sql`account_id = ${ctx.userId}`);
  }

  async #read(ctx: TenantContext, { limit, before }: AuditQuery, which: Sql): Promise<readonly AuditEntry[]> {
    const rows = await this.deps.db.transaction(
      ctx,
      (tx) =>
        tx.query(
          sql`select seq, at, entry, prev_hash, hash from audit_entry
              where tenant_id = ${ctx.tenantId} and ${which} and (${before ?? null}::bigint is null or seq < ${before ?? null}::bigint)
              order by seq desc limit ${limit}`,
          linkRow,
        ),
      { readOnly: true },
    );
    return rows.map((row) => ({ seq: row.seq, at: row.at, ...parsed(row.entry) }));
  }

  /** Follows the company's whole chain. Throws `not_allowed`. */
  async verify(ctx: TenantContext): Promise<ChainVerdict> {
    assertAllowed(ctx, 'audit:read');
    return this.deps.db.transaction(ctx, (tx) => verifyIn(tx, ctx.tenantId), {
      readOnly: true,
      // What is decided meanwhile is not half seen.
      isolation: 'repeatable read',
      limitMs: VERIFY_LIMIT_MS,
    });
  }

  /** The next place in the chain, which is begun if there is none yet; its head is locked until the turn ends. */
  async #takePlace(tx: Transaction, chain: Chain): Promise<z.infer<typeof endRow>> {
    const genesis = genesisOf(chain);
    const [head] = await tx.query(
      sql`insert into audit_head (tenant_id, first_seq, first_prev_hash, last_seq, last_hash)
          values (${chain}, 1, ${genesis}, 1, ${genesis})
          on conflict (tenant_id) do update set last_seq = audit_head.last_seq + 1
          returning last_seq, last_hash`,
      endRow,
    );
    return head as z.infer<typeof endRow>;
  }
}

async function verifyIn(tx: Transaction, chain: Chain): Promise<ChainVerdict> {
  const [head] = await tx.query(
    sql`select first_seq, first_prev_hash, last_seq, last_hash from audit_head where tenant_id = ${chain}`,
    headRow,
  );
  const check = new ChainCheck(chain, head === undefined ? emptyHead(chain) : headOf(head));
  let after = -1;
  for (;;) {
    const rows = await tx.query(
      sql`select seq, at, entry, prev_hash, hash from audit_entry
          where tenant_id = ${chain} and seq > ${after} order by seq limit ${BATCH}`,
      linkRow,
    );
    for (const row of rows) check.add({ ...row, prevHash: row.prev_hash });
    const last = rows.at(-1);
    if (last === undefined || check.isBroken) return check.end();
    after = last.seq;
  }
}

function headOf(row: z.infer<typeof headRow>): ChainHead {
  return {
    firstSeq: row.first_seq,
    firstPrevHash: row.first_prev_hash,
    lastSeq: row.last_seq,
    lastHash: row.last_hash,
  };
}

function emptyHead(chain: Chain): ChainHead {
  const genesis = genesisOf(chain);
  return { firstSeq: 1, firstPrevHash: genesis, lastSeq: 0, lastHash: genesis };
}

/** An entry that was tampered with may be no JSON any more; it is shown as it is, and `verify` names it. */
function parsed(entry: string): z.infer<typeof storedEntry> {
  try {
    return storedEntry.parse(JSON.parse(entry));
  } catch {
    return { action: 'unreadable', by: { kind: 'nobody', id: null }, subject: null, address: '', details: {} };
  }
}

/** What another try may mend stays what it is. */
async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof DatabaseError) || cause.retryable) throw cause;
    const message = 'This cannot be written down right now, so it was not done. Try again later.';
    throw new AuthError('audit_unavailable', message, { cause });
  }
}
