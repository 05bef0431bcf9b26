import type { CheckResult, Part } from '../../ssot/lifecycle-manager';

interface Health {
  readonly state: string;
  readonly cause?: string;
}

/** A part that only says how a module is that another part has started; its failure degrades. */
export function healthOf(name: string, starter: string, health: () => Health | Promise<Health>): Part {
  return { name, needs: [starter], optional: true, check: async () => outcome(await health()) };
}

/** A module's own word of its health, as the lifecycle takes it. */
export function outcome(health: Health): CheckResult {
  return health.state === 'up' || health.state === 'degraded'
    ? { ok: true }
    : { ok: false, cause: health.cause ?? health.state };
}
