import { noMetrics, type Clock, type Id, type Metrics } from '../../kernel';
import type { Read } from '../errors';
import type { IdKind } from '../kinds';
import { MAX_LEAD_MS } from '../generation/clock-lead';
import { uuidOf } from '../migration/migrate-uuid';
import { readAnyId } from './read';

export interface IdFacts {
  readonly id: Id;
  readonly kind: IdKind;
  /** Lower case, with hyphens. */
  readonly uuid: string;
  /** Issued ids carry the time of their creation; migrated ones do not. */
  readonly origin: 'issued' | 'migrated';
  readonly issuedAt: Date | null;
  /** Dated more than ten minutes into the future: still valid, but no order or retention may rest on its date. */
  readonly ahead: boolean;
}

/** What an id of any kind says about itself, or the error of `readId`. Counts ids that are `ahead` as `id_ahead`. */
export function describeId(input: unknown, clock: Clock, metrics: Metrics = noMetrics): Read<IdFacts> {
  const read = readAnyId(input, 'id');
  if (!read.ok) return read;
  const { id, kind } = read.value;
  const uuid = uuidOf(id);
  const issuedAt = isVersion7(uuid) ? new Date(Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16)) : null;
  const ahead = issuedAt !== null && issuedAt.getTime() - clock.now() > MAX_LEAD_MS;
  if (ahead) metrics.count('id_ahead', { kind });
  return { ok: true, value: { id, kind, uuid, origin: issuedAt === null ? 'migrated' : 'issued', issuedAt, ahead } };
}

function isVersion7(uuid: string): boolean {
  return uuid.charAt(14) === '7' && '89ab'.includes(uuid.charAt(19));
}
