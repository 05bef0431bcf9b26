import { createHash } from 'node:crypto';
import { migrateUuid } from './migrate-uuid';
import type { LedgerEntry, LegacyRecord } from './ledger';
import { PROPER_UUID } from '../encoding/uuid';

const MAX_SHOWN_LENGTH = 100;

/** The ledger entry of a record: converted, or refused with the reason. */
export function entryOf({ kind, legacy, parent }: LegacyRecord): LedgerEntry {
  const read = migrateUuid(kind, legacy);
  return {
    kind,
    legacy: legacyText(legacy),
    parentKind: parent?.kind ?? null,
    parentLegacy: parent === undefined ? null : legacyText(parent.legacy),
    newId: read.ok ? read.value : null,
    reason: read.ok ? null : read.error.code,
  };
}

/**
 * A legacy id as the ledger stores it. One UUID in capitals and in lower case is one record. Text that is no UUID may be
 * anything, so it is escaped to printable characters and, when long, abbreviated with its hash: two different texts
 * stay two entries, and neither can break the batch.
 */
export function legacyText(legacy: string): string {
  if (PROPER_UUID.test(legacy)) return legacy.toLowerCase();
  const hash =
    legacy.length > MAX_SHOWN_LENGTH ? `... sha256 ${createHash('sha256').update(legacy).digest('hex')}` : '';
  const shown = legacy.slice(0, MAX_SHOWN_LENGTH).replace(/[^\x20-\x5b\x5d-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return shown + hash;
}
