import { noMetrics, type Clock, type Id, type Metrics } from '../kernel';
import { decode } from './base32';
import type { Read } from './errors';
import type { IdKind } from './kinds';
import { READY_UP_TO_MS } from './lead-watch';
import { readAnyId } from './read';
import { uuidText } from './uuid-text';

export interface IdFacts {
  readonly id: Id;
  readonly kind: IdKind;
  readonly uuid: string;
  /** Names given here carry a time; of converted ones it is not known. */
  readonly origin: 'issued' | 'migrated';
  readonly issuedAt: Date | null;
  /** Dated more than ten minutes into the future: still a name, but no order or retention may rest on its date. */
  readonly ahead: boolean;
}

/** What a name says of itself. Counts names from the future as `id_ahead`. */
export function describeId(input: unknown, clock: Clock, metrics: Metrics = noMetrics): Read<IdFacts> {
  const read = readAnyId(input, 'id');
  if (!read.ok) return read;
  const { id, kind } = read.value;
  const uuid = uuidOf(id);
  const issuedAt = isVersion7(uuid) ? new Date(Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16)) : null;
  const ahead = issuedAt !== null && issuedAt.getTime() - clock.now() > READY_UP_TO_MS;
  if (ahead) metrics.count('id_ahead', { kind });
  return { ok: true, value: { id, kind, uuid, origin: issuedAt === null ? 'migrated' : 'issued', issuedAt, ahead } };
}

/** The UUID inside a name, in lower case with hyphens: the exact way back of a conversion. */
export function uuidOf(id: Id): string {
  return uuidText(decode(id.slice(-26)));
}

function isVersion7(uuid: string): boolean {
  return uuid.charAt(14) === '7' && '89ab'.includes(uuid.charAt(19));
}
