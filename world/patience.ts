import { isProofUnderWay } from './settings';

/**
 * How long an outcome is awaited, in milliseconds, where no promise says less. While defects are injected most waits are in
 * vain, and what works needs a tenth of it.
 */
export const PATIENCE_MS = isProofUnderWay() ? 3_000 : 10_000;
