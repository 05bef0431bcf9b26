import type { LifecycleSettings } from './contract';

/** The whole stop fits into 9 seconds of the 10 a hosting platform grants. */
export const LIFECYCLE_DEFAULTS: LifecycleSettings = {
  startMs: 60_000,
  partStartMs: 30_000,
  partCheckMs: 1_000,
  checkEveryMs: 3_000,
  announceMs: 500,
  finishMs: 4_000,
  handOverMs: 1_000,
  flushMs: 1_000,
  releaseMs: 500,
  stopPartsMs: 1_500,
  stopMs: 9_000,
  graceMs: 10_000,
};
