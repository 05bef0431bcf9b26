import { z } from 'zod';
import type { TenantId, UserId } from '../../kernel';
import { PARTITION, type Layout } from '../schema/layout';
import { Rewrites, type RowKey } from '../store/rewrites';
import type { Store, Values } from '../store/store';

/** What is kept under one name in the history: content of a person, which only its owner gives a meaning. */
export interface ArchivedPart {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly kind: string;
  readonly subject: string;
  readonly part: number;
  readonly checksum: string;
  readonly body: string;
}
export type PartRef = Pick<ArchivedPart, 'tenantId' | 'kind' | 'subject'>;

/** What is there of a part, without its body. */
export type StoredPart = Pick<ArchivedPart, 'subject' | 'part' | 'checksum'>;

export interface DigestedPart extends StoredPart {
  /** SHA-256 of the body as it is stored, in hex. Worked out by the history. */
  readonly digest: string;
}

/** A company's parts, or those of one of its people, or theirs of one subject. */
export type Erased = Pick<ArchivedPart, 'tenantId'> &
  (Partial<Pick<ArchivedPart, 'userId'>> | Pick<ArchivedPart, 'userId' | 'subject'>);

/** The history's shelf for finished work. Every question names its company. Throws `AnalyticsError`. */
export interface Archive {
  /** Stored together when it resolves; again, under the same names, they are replaced. At most a few MiB. */
  put(...parts: readonly ArchivedPart[]): Promise<void>;
  get(ref: PartRef, part: number): Promise<Pick<ArchivedPart, 'checksum' | 'body'> | undefined>;
  /** What is there of these subjects, in order of their parts. */
  stored(of: Pick<PartRef, 'tenantId' | 'kind'>, subjects: readonly string[]): Promise<readonly StoredPart[]>;
  /** The same, with what every body is worth; all of them are read for it. */
  digested(of: Pick<PartRef, 'tenantId' | 'kind'>, subjects: readonly string[]): Promise<readonly DigestedPart[]>;
  /** Resolves when it is rewritten without them: once for all, and for whoever asks for others meanwhile. */
  erase(...of: readonly Erased[]): Promise<void>;
  count(of: { readonly tenantId: TenantId; readonly userId?: UserId }): Promise<number>;
}

/** In its place of the history's shape. What was put last under a name is what is read, whatever was merged. */
export const archiveTable = ({ onCluster, engine }: Layout): string => `create table if not exists archive${onCluster} (
    tenant_id String, user_id String, kind LowCardinality(String), subject String, part UInt64, checksum String, body String,
    put_at DateTime64(6, 'UTC') default now64(6, 'UTC'))
  engine = ${engine('ReplacingMergeTree')}(put_at)
  order by (tenant_id, kind, subject, part) partition by ${PARTITION}`;

const OF_REF = 'tenant_id = {company:String} and kind = {kind:String} and subject = {subject:String}';
const bodyRow = z.object({ checksum: z.string(), body: z.string() });
const storedRow = z.object({ subject: z.string(), part: z.coerce.number(), checksum: z.string() });
const digestedRow = storedRow.extend({ digest: z.string() });
const countRow = z.object({ rows: z.coerce.number() });

const partsOf = (columns: string): string => `select ${columns} from archive final
  where tenant_id = {company:String} and kind = {kind:String} and subject in {subjects:Array(String)}
  order by subject, part`;

export function archiveIn(store: Store, shaped: () => Promise<void>): Archive {
  const deletions = new Rewrites(store, 'archive', 'delete', ['tenant_id', 'user_id', 'subject']);
  const valuesOf = ({ tenantId: company, kind, subject }: PartRef): Values => ({ company, kind, subject });
  return {
    async put(...parts) {
      await shaped();
      await store.insert(
        'archive',
        parts.map(({ tenantId: tenant_id, userId: user_id, ...rest }) => ({ tenant_id, user_id, ...rest })),
      );
    },
    async get(ref, part) {
      await shaped();
      const text = `select checksum, body from archive final where ${OF_REF} and part = {part:UInt64}`;
      return (await store.askAbout(ref.tenantId, text, { ...valuesOf(ref), part }, bodyRow))[0];
    },
    async stored({ tenantId, kind }, subjects) {
      await shaped();
      const text = partsOf('subject, part, checksum');
      return store.askAbout(tenantId, text, { company: tenantId, kind, subjects }, storedRow);
    },
    async digested({ tenantId, kind }, subjects) {
      await shaped();
      const text = partsOf('subject, part, checksum, lower(hex(SHA256(body))) as digest');
      return store.askAbout(tenantId, text, { company: tenantId, kind, subjects }, digestedRow);
    },
    async erase(...of) {
      await shaped();
      await deletions.apply(...of.map(keyOf));
    },
    async count({ tenantId: company, userId: person }) {
      await shaped();
      const who = person === undefined ? '' : 'and user_id = {person:String}';
      const text = `select count() as rows from archive where tenant_id = {company:String} ${who}`;
      const [found] = await store.askAbout(company, text, { company, ...(person && { person }) }, countRow);
      return found?.rows ?? 0;
    },
  };
}

function keyOf(of: Erased): RowKey {
  const { tenantId, userId } = of;
  if (userId === undefined) return [tenantId];
  return 'subject' in of ? [tenantId, userId, of.subject] : [tenantId, userId];
}
