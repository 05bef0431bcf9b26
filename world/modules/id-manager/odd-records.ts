import type { LegacyRecord } from '../../../ssot/id-manager';

export const ODD_RECORDS = [
  'nothing else',
  'a malformed record',
  'a record without its parent',
  'a record of Birch',
] as const;
/** A record that keeps a company from cutting over, or none. */
export type OddRecord = (typeof ODD_RECORDS)[number];

/** The odd record as it came, and as it is once it was corrected at its source. */
export function oddRecord(
  odd: OddRecord,
  thread: LegacyRecord | undefined,
  uuidOf: (title: string) => string,
): { readonly asItCame: LegacyRecord; readonly corrected: LegacyRecord } | undefined {
  if (thread === undefined) throw new Error('no record has been imported yet');
  const parent = { kind: thread.kind, legacy: thread.legacy };
  switch (odd) {
    case 'nothing else':
      return undefined;
    case 'a malformed record':
      return {
        asItCame: { kind: 'run', legacy: 'run no. 17', parent },
        corrected: { kind: 'run', legacy: uuidOf('mended'), parent },
      };
    case 'a record without its parent':
      return {
        asItCame: { kind: 'run', legacy: uuidOf('lost'), parent: { kind: 'thread', legacy: uuidOf('never imported') } },
        corrected: { kind: 'run', legacy: uuidOf('lost'), parent },
      };
    case 'a record of Birch': {
      const record: LegacyRecord = { kind: 'thread', legacy: uuidOf("Birch's") };
      return { asItCame: record, corrected: record };
    }
  }
}
