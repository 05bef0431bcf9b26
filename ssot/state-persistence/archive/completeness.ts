import { z } from 'zod';
import {
  contextOfSubject,
  Recurring,
  servicePrincipal,
  sql,
  type Logger,
  type Metrics,
  type TenantId,
} from '../../kernel';
import { SingletonJob, type SingletonJobDeps } from '../singleton-job';
import type { ArchiveDeps } from './parts';

const CHECK = servicePrincipal('archive-completeness');
const FIRST_AFTER_MS = 120_000;
const EVERY_MS = 3_600_000;
const PARTS_AT_ONCE = 500;

const notedRow = z.object({
  tenant_id: z.custom<TenantId>(),
  kind: z.enum(['thread', 'run']),
  subject: z.string(),
  part: z.coerce.number(),
  checksum: z.string(),
  state: z.enum(['copied', 'moved']),
});
type Noted = z.infer<typeof notedRow>;

export interface ArchiveHealth {
  readonly state: 'up' | 'incomplete';
  /** How much is missing, in words for operators. */
  readonly cause?: string;
}

/** Looks hourly whether the history has all that is noted in PostgreSQL, one instance for all; disposing it ends that. */
export interface ArchiveCompleteness extends AsyncDisposable {
  health(): ArchiveHealth;
}

/**
 * A history that came back older or empty: what PostgreSQL still has is copied there again, by whoever copies it anyway; what it has
 * given up is counted, so that operators restore a newer backup.
 */
export function startArchiveCompleteness(
  deps: ArchiveDeps & SingletonJobDeps & { readonly logger: Logger; readonly metrics: Metrics },
): ArchiveCompleteness {
  const { clock, logger, metrics } = deps;
  const job = new SingletonJob(deps, 'archive-completeness', EVERY_MS);
  let lost = 0;
  const onFailure = (reason: string): void =>
    logger.warn({ reason }, 'the history could not be compared with what is noted of it; it will be in an hour');
  const hourly = { firstAfterMs: FIRST_AFTER_MS, everyMs: EVERY_MS, onFailure };
  const look = async (closing: AbortSignal): Promise<number> => {
    const found = { lost: await countLost(deps, closing) };
    if (found.lost > 0) logger.error(found, 'the history has lost what PostgreSQL has given up');
    else logger.debug(found, 'the history has all that is noted');
    return found.lost;
  };
  const turns = new Recurring(clock, hourly, async (closing) => {
    // Operators read it of each instance, whichever has looked.
    lost = await job.run(() => look(closing));
    metrics.gauge('archive_parts_lost', lost);
  });
  return {
    health: () => (lost === 0 ? { state: 'up' } : { state: 'incomplete', cause: sentence(lost) }),
    [Symbol.asyncDispose]: () => turns[Symbol.asyncDispose](),
  };
}

function sentence(lost: number): string {
  const parts = lost === 1 ? '1 part' : `${lost} parts`;
  return `ClickHouse has lost ${parts} of conversations and answers that it alone had. Restore a newer backup of it.`;
}

async function countLost(deps: ArchiveDeps, closing: AbortSignal): Promise<number> {
  let lost = 0;
  let page: readonly Noted[] = [];
  do {
    page = await readPage(deps, page.at(-1));
    for (const noted of Map.groupBy(page, ({ tenant_id: tenantId, kind }) => `${tenantId} ${kind}`).values()) {
      closing.throwIfAborted();
      const missing = await missingOf(deps, noted);
      lost += missing.filter(({ state }) => state === 'moved').length;
      await copyAgain(deps, missing);
    }
  } while (page.length === PARTS_AT_ONCE);
  return lost;
}

function readPage({ db }: ArchiveDeps, after: Noted | undefined): Promise<readonly Noted[]> {
  const beyond =
    after &&
    sql`and (tenant_id, kind, subject, part) > (${after.tenant_id}, ${after.kind}, ${after.subject}, ${after.part})`;
  return db.asService(
    CHECK,
    (tx) =>
      tx.query(
        sql`select tenant_id, kind, subject, part, checksum, state from archive_part
            where state <> 'copying' ${beyond ?? sql``} order by tenant_id, kind, subject, part limit ${PARTS_AT_ONCE}`,
        notedRow,
      ),
    { readOnly: true },
  );
}

/** Of one company and one kind. */
async function missingOf({ archive }: ArchiveDeps, noted: readonly Noted[]): Promise<readonly Noted[]> {
  const [{ tenant_id: tenantId, kind }] = noted as readonly [Noted];
  const subjects = [...new Set(noted.map(({ subject }) => subject))];
  const stored = await archive.stored({ tenantId, kind }, subjects);
  const there = new Set(stored.map(({ subject, part, checksum }) => `${subject} ${part} ${checksum}`));
  return noted.filter(({ subject, part, checksum }) => !there.has(`${subject} ${part} ${checksum}`));
}

/** Threads are compared by whoever copies them; a run that PostgreSQL still has is one that waits to be copied again. */
async function copyAgain({ db }: ArchiveDeps, missing: readonly Noted[]): Promise<void> {
  const [one] = missing;
  if (one?.kind !== 'run') return;
  const runs = missing.map(({ subject }) => subject);
  await db.transaction(contextOfSubject({ tenantId: one.tenant_id }), (tx) =>
    tx.execute(sql`update run_state set archive = 'none' where run_id = any(${runs}) and archive = 'copied'`),
  );
}
