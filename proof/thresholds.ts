/** Share of defects that a module's scenarios must notice before it counts as proven. */
const THRESHOLDS: Readonly<Record<string, number>> = { 'id-manager': 0.9 };

export function thresholdOf(module: string): number {
  return THRESHOLDS[module] ?? 0.85;
}
