const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const KIB = 1_024;
const MIB = 1_024 * KIB;

/** What may be set otherwise when the module is opened; what a customer sees as the numbers of the promise. */
export interface StateLimits {
  /** Of one person; their least recently used entries make room. */
  readonly personEntries: number;
  readonly personBytes: number;
  /** Of one company; new entries are refused. */
  readonly tenantEntries: number;
  readonly tenantBytes: number;
  /** How many changes a watcher may lag behind. */
  readonly watcherLag: number;
  /** How many changes of a person are kept for those who come back. */
  readonly changesKept: number;
}

export const DEFAULT_LIMITS: StateLimits = {
  personEntries: 1_000,
  personBytes: 8 * MIB,
  tenantEntries: 20_000,
  tenantBytes: 128 * MIB,
  watcherLag: 256,
  changesKept: 1_000,
};

/** As JSON. */
export const VALUE_BYTES = 256 * KIB;
export const BATCH_ENTRIES = 100;
export const BATCH_BYTES = MIB;
export const PAGE = 50;
export const LARGEST_PAGE = 200;
export const PAGE_MARK_MS = 15 * MINUTE;
export const WRITE_REMEMBERED_MS = 120_000;
export const ERASED_MS = 24 * HOUR;
export const SET_ASIDE_MS = 24 * HOUR;
export const SWEEP_EVERY_MS = 30_000;
export const SWEEP_LATE_MS = 2 * MINUTE;
export const SWEEP_TURN = 500;
/** A company is named in health from this share of its ceiling on. */
export const NEARLY_FULL = 0.9;
