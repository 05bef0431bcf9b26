/** What may be set otherwise when the module is opened; what a customer sees as the numbers of the promise. */
export interface StateLimits {
  /** Of one user; their least recently used entries make room. */
  readonly userEntries: number;
  readonly userBytes: number;
  /** Of one tenant; new entries are refused. */
  readonly tenantEntries: number;
  readonly tenantBytes: number;
}

export const DEFAULT_LIMITS: StateLimits = {
  userEntries: 1_000,
  /** 8 MiB */
  userBytes: 8_388_608,
  tenantEntries: 20_000,
  /** 128 MiB */
  tenantBytes: 134_217_728,
};

/** 256 KiB as JSON. */
export const MAX_VALUE_BYTES = 262_144;
export const PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 200;
/** 15 minutes */
export const CURSOR_TTL_MS = 900_000;
export const WRITE_REMEMBERED_MS = 120_000;
/** 24 hours, as for what is set aside. */
export const ERASED_MS = 86_400_000;
export const SET_ASIDE_MS = 86_400_000;
/** How long a copy of a durable entry is trusted without asking PostgreSQL. */
export const CACHE_TTL_MS = 30_000;
/** Redis drops what nobody reads again and no sweep finds, this long after it expired. */
export const EXPIRY_GRACE_MS = 600_000;
/** Durable changes that have waited for longer are named in health. */
export const MAX_BEHIND_MS = 30_000;
export const SWEEP_EVERY_MS = 30_000;
export const SWEEP_LATE_MS = 120_000;
/** Entries a turn. */
export const SWEEP_BATCH = 500;
/** A tenant is named in health from this share of its quota on. */
export const NEARLY_FULL = 0.9;
