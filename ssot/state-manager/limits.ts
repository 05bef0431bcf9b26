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
  /** 8 MiB */
  personBytes: 8_388_608,
  tenantEntries: 20_000,
  /** 128 MiB */
  tenantBytes: 134_217_728,
  watcherLag: 256,
  changesKept: 1_000,
};

/** 256 KiB as JSON. */
export const VALUE_BYTES = 262_144;
export const BATCH_ENTRIES = 100;
/** 1 MiB as JSON. */
export const BATCH_BYTES = 1_048_576;
export const PAGE = 50;
export const LARGEST_PAGE = 200;
/** 15 minutes */
export const PAGE_MARK_MS = 900_000;
export const WRITE_REMEMBERED_MS = 120_000;
/** 24 hours, as for what is set aside. */
export const ERASED_MS = 86_400_000;
export const SET_ASIDE_MS = 86_400_000;
/** How long a copy of a durable entry is believed without asking. */
export const TRUSTED_MS = 30_000;
/** Durable changes that have waited for longer are named in health. */
export const BEHIND_MS = 30_000;
export const SWEEP_EVERY_MS = 30_000;
export const SWEEP_LATE_MS = 120_000;
export const SWEEP_TURN = 500;
/** A company is named in health from this share of its ceiling on. */
export const NEARLY_FULL = 0.9;
