import { LRUCache } from 'lru-cache';
import { z, type ZodType } from 'zod';
import { assertAllowed, assertVerified, type TenantContext, type TenantId } from '../../kernel';
import { DIMENSIONS, USAGE_STATUSES, type CutOff, type Dimension, type Filter, type Question } from '../contract';
import { AnalyticsError } from '../errors';
import { instantText, storedInstant } from '../store/instants';
import { label } from '../validation/label';
import { plainFault } from '../validation/plain-fault';
import { NextReadings } from './shared-readings';
import { literal, type Store, type Values } from '../store/store';

const LONGEST_MS = 400 * 86_400_000;
/** A statement may have 256 KiB. */
const STATEMENT_ROOM = 200_000;

const labels = z.array(label).min(1).max(100);
const questionSchema = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  timeZone: z.string().max(100).optional(),
  by: z.array(z.enum(DIMENSIONS)).max(DIMENSIONS.length).optional(),
  where: z
    .strictObject({
      provider: labels.optional(),
      model: labels.optional(),
      feature: labels.optional(),
      person: labels.optional(),
      status: z.array(z.enum(USAGE_STATUSES)).min(1).optional(),
    })
    .optional(),
  cut: z.strictObject({ at: z.iso.datetime() }).optional(),
});

/** A question that was checked, with everything it needs in the store. */
export interface Asked {
  readonly from: number;
  readonly to: number;
  readonly zone: string;
  readonly by: readonly Dimension[];
  readonly where: Filter;
  readonly cut: CutOff;
  readonly signal?: AbortSignal;
}

/** Stands in every catalogue statement where the period and the filter go. */
export const COUNTED = '/* counted */';
const PERIOD_ITSELF = "at >= {counted_from:DateTime64(3, 'UTC')} and at < {counted_to:DateTime64(3, 'UTC')}";

const COLUMN: Readonly<Record<keyof Filter, string>> = {
  provider: 'provider',
  model: 'model',
  feature: 'feature',
  person: 'person_id',
  status: 'status',
};
/**
 * What calls are grouped by; nothing a caller writes becomes part of a statement. Days, weeks and months are numbers here, and
 * texts only once they are few: to write a text for each of a million calls took longer than to sum them.
 */
const EXPRESSION: Readonly<Record<Dimension, string>> = {
  ...COLUMN,
  hour: "formatDateTime(at, '%Y-%m-%dT%H:00%z', {zone:String})",
  day: 'toDate(at, {zone:String})',
  week: 'toMonday(toDate(at, {zone:String}))',
  month: 'toStartOfMonth(toDate(at, {zone:String}))',
};
/** Of `2026-11-01` as many characters as say what it is. */
const SHOWN_CHARACTERS: Partial<Readonly<Record<Dimension, number>>> = { day: 10, week: 10, month: 7 };

const MAX_REMEMBERED_COMPANIES = 10_000;
const NOTHING_RECORDED = '1970-01-01 00:00:00.000000';

/** Reads the company's own uses, and nothing else: every statement stands on the view that names the company. */
export class Reading {
  /** The time zones that the history knows, asked once. */
  #zones: Promise<ReadonlySet<string>> | undefined;
  readonly #cuts = new NextReadings<CutOff>();
  /** The latest recording of each company that was seen here, as the store writes it: there may be later ones, never fewer. */
  readonly #seen = new LRUCache<TenantId, string>({ max: MAX_REMEMBERED_COMPANIES });

  constructor(private readonly store: Store) {}

  /**
   * The moment of the company's latest recording, by the history's own clock. One report of a company is recorded at a
   * time, so what is recorded later has a later moment, and what was acknowledged before has none that is later.
   */
  async cutOff(ctx: TenantContext): Promise<CutOff> {
    assertVerified(ctx);
    return this.#cuts.read(ctx.tenantId, () => this.#latest(ctx));
  }

  /** Only what is later than the last one seen has to be looked through, which an index on the moment finds. */
  async #latest(ctx: TenantContext): Promise<CutOff> {
    const seen = this.#seen.get(ctx.tenantId) ?? NOTHING_RECORDED;
    const [later] = await this.store.askOf(
      ctx,
      `select toString(max(recorded_at)) as at from usage
       where tenant_id = {tenant:String} and recorded_at > {seen:DateTime64(6, 'UTC')}`,
      { seen },
      z.object({ at: z.string() }),
    );
    const latest = later !== undefined && later.at > seen ? later.at : seen;
    this.#seen.set(ctx.tenantId, latest);
    return { at: instantText(latest) };
  }

  /** Checks right and question; throws `analytics_question_invalid` naming the field before the store is asked. */
  async asked(ctx: TenantContext, question: Omit<Question, 'by'> & { by?: readonly Dimension[] }): Promise<Asked> {
    assertAllowed(ctx, 'usage:read');
    const { signal, whenBusy: _, ...plain } = question;
    const read = questionSchema.safeParse(plain, { error: plainFault });
    if (!read.success) {
      const issue = read.error.issues[0];
      const field = issue?.path.join('.') || 'question';
      throw new AnalyticsError('analytics_question_invalid', `${field} ${issue?.message}.`, { field });
    }
    const [from, to] = [Date.parse(plain.from), Date.parse(plain.to)];
    if (to <= from) throw new AnalyticsError('analytics_question_invalid', 'to is not after from.', { field: 'to' });
    if (to - from > LONGEST_MS) {
      throw new AnalyticsError(
        'analytics_question_invalid',
        'to is more than 400 days after from. Ask for a shorter period.',
        {
          field: 'to',
        },
      );
    }
    const { timeZone: zone = 'UTC', by = [], where = {} } = plain;
    await this.#assertZone(zone);
    const cut = plain.cut ?? (await this.cutOff(ctx));
    return { from, to, zone, by: [...new Set(by)], where, cut, ...(signal === undefined ? {} : { signal }) };
  }

  /**
   * One statement over the company's uses: `select` is a catalogue's own text that reads from `uses`, all columns from
   * `lookBackMs` before the period to `lookAheadMs` after it, and counts only what meets `COUNTED`: the period itself and the
   * filter.
   */
  async rows<R>(
    ctx: TenantContext,
    asked: Asked,
    select: string,
    row: ZodType<R>,
    more: { values?: Values; lookBackMs?: number; lookAheadMs?: number } = {},
  ): Promise<readonly R[]> {
    const where = Object.entries(asked.where).map(([name, values]) => ({ name: name as keyof Filter, values }));
    const filters = where.map(({ name }) => `and ${COLUMN[name]} in {where_${name}:Array(String)}`);
    const text = `with uses as (select * from usage_of(tenant = {tenant:String}, from = {from:DateTime64(3, 'UTC')},
        to = {to:DateTime64(3, 'UTC')}, upto = {upto:DateTime64(6, 'UTC')}))
      ${select.replace(COUNTED, `${PERIOD_ITSELF} ${filters.join(' ')}`)}`;
    const values = {
      from: storedInstant(asked.from - (more.lookBackMs ?? 0)),
      counted_from: storedInstant(asked.from),
      to: storedInstant(asked.to + (more.lookAheadMs ?? 0)),
      counted_to: storedInstant(asked.to),
      upto: asked.cut.at.replace('T', ' ').replace('Z', ''),
      zone: asked.zone,
      ...Object.fromEntries(where.map(({ name, values }) => [`where_${name}`, values])),
      ...more.values,
    };
    return this.store.askOf(ctx, text, values, row, asked.signal);
  }

  /** Of what the company has reported within the time for which it is kept. */
  async names<R>(ctx: TenantContext, row: ZodType<R>): Promise<readonly R[]> {
    return this.store.askOf(
      ctx,
      `select kind, name from usage_names where tenant_id = {tenant:String} group by kind, name
       having max(last_at) + interval 13 month > now()`,
      {},
      row,
    );
  }

  async #assertZone(zone: string): Promise<void> {
    if (await this.knowsZone(zone)) return;
    throw new AnalyticsError(
      'analytics_question_invalid',
      'timeZone is not a time zone that is known here. Name one of the IANA list, such as Europe/Berlin.',
      { field: 'timeZone' },
    );
  }

  /** Only the history says which names it counts days by: others, and offsets, would fail there or be taken for another. */
  async knowsZone(zone: string): Promise<boolean> {
    if (zone === 'UTC') return true;
    this.#zones ??= this.store
      .ask('select time_zone from system.time_zones', {}, z.object({ time_zone: z.string() }))
      .then((rows) => new Set(rows.map(({ time_zone }) => time_zone)))
      .catch((error: unknown) => {
        this.#zones = undefined;
        throw error;
      });
    return (await this.#zones).has(zone);
  }

  /** Fingerprints of those ids that the company has recorded already. */
  async known(ctx: TenantContext, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#among(
      ctx,
      ids,
      (some) => `select event_id, argMax(fingerprint, first_stays) as fingerprint from usage
        where tenant_id = {tenant:String} and event_id in ${some} group by event_id`,
      z.object({ event_id: z.string(), fingerprint: z.string() }),
    );
    return new Map(rows.map((row) => [row.event_id, row.fingerprint]));
  }

  /** Those of a company's subjects whose erasure is noted. */
  async erased(ctx: TenantContext, subjects: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#among(
      ctx,
      subjects,
      (some) => `select distinct subject from erasure where tenant_id = {tenant:String} and subject in ${some}`,
      z.object({ subject: z.string() }),
    );
    return new Set(rows.map(({ subject }) => subject));
  }

  /** Asks about so many names in as many statements as they need. */
  async #among<T>(
    ctx: TenantContext,
    names: readonly string[],
    statementOf: (some: string) => string,
    row: z.ZodType<T>,
  ): Promise<readonly T[]> {
    const parts = await Promise.all(
      inStatements(names).map((some) =>
        this.store.askOf(ctx, statementOf(`splitByChar('\\0', ${literal(some.join('\0'))})`), {}, row),
      ),
    );
    return parts.flat();
  }
}

/**
 * Values travel in the address, which has no room for a thousand ids; in five addresses they took as long as the insert. So
 * these alone stand in the statement, quoted: all as one text, because no id has a NUL character and a thousand texts take
 * four times as long to be read.
 */
function inStatements(ids: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let room = 0;
  for (const id of ids) {
    const length = Buffer.byteLength(literal(id));
    if (groups.length === 0 || length > room) {
      groups.push([]);
      room = STATEMENT_ROOM;
    }
    groups.at(-1)?.push(id);
    room -= length;
  }
  return groups;
}

/** Select list of the dimensions asked for. */
export function keysOf(by: readonly Dimension[]): readonly string[] {
  return by.map((dimension) => `${EXPRESSION[dimension]} as by_${dimension}`);
}

/** A key as people read it. */
export function shownKey(dimension: Dimension): string {
  const characters = SHOWN_CHARACTERS[dimension];
  return characters === undefined ? `by_${dimension}` : `left(toString(by_${dimension}), ${characters})`;
}
