/** Share of the mutants that a module's checks must notice before it counts as proven. */
const THRESHOLDS: Readonly<Record<string, number>> = { 'id-manager': 0.93 };
/** Share of the realistic defects. */
export const DEFECTS_THRESHOLD = 0.95;

export function thresholdOf(module: string): number {
  return THRESHOLDS[module] ?? 0.85;
}
