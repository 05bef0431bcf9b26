import { isProofUnderWay } from './settings';

/**
 * How long an outcome is awaited, in milliseconds, where no promise says less. While defects are injected most waits are in
 * vain, and what works needs a tenth of it.
 */
export const PATIENCE_MS = isProofUnderWay() ? 3_000 : 10_000;

/** The same for what is erased from the history: ClickHouse rewrites it, after the rewrites of everybody else. */
export const REWRITE_PATIENCE_MS = isProofUnderWay() ? 10_000 : 30_000;
