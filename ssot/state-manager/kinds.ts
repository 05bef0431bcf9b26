import type { Scope, StateKind } from './contract';
import { StateError } from './errors';

/** 30 minutes, one hour, 12 hours, one day, seven days. */
const LIFETIMES: Readonly<Record<Scope, number>> = {
  device: 1_800_000,
  run: 3_600_000,
  session: 43_200_000,
  thread: 86_400_000,
  user: 604_800_000,
  tenant: 604_800_000,
};
const MIN_LIFETIME_MS = 1_000;
/** 30 days */
const MAX_LIFETIME_MS = 2_592_000_000;
const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const declared = new Set<string>();

/**
 * Declares a kind; its name is unique in the process, so that two modules cannot share entries by accident. Throws
 * StateError (state_invalid_key, state_invalid_lifetime).
 */
export function defineState<T>(kind: StateKind<T>): StateKind<T> {
  const field = 'name';
  if (!NAME.test(kind.name)) {
    const message = `"${kind.name}" cannot name a kind of state: use up to 64 of a-z, 0-9 and -, beginning with a letter.`;
    throw new StateError('state_invalid_key', message, { field });
  }
  if (declared.has(kind.name)) {
    throw new StateError('state_invalid_key', `The kind of state "${kind.name}" is declared already.`, { field });
  }
  if (kind.lifetimeMs !== undefined) assertLifetime(kind.lifetimeMs);
  declared.add(kind.name);
  return Object.freeze({ ...kind });
}

export function lifetimeOf(kind: StateKind<unknown>): number {
  return kind.lifetimeMs ?? LIFETIMES[kind.scope];
}

export function isDurable(kind: StateKind<unknown>): boolean {
  return kind.durability === 'durable';
}

/** Throws StateError (state_invalid_lifetime) unless it is one second to thirty days. */
export function assertLifetime(ms: number): void {
  if (Number.isInteger(ms) && ms >= MIN_LIFETIME_MS && ms <= MAX_LIFETIME_MS) return;
  throw new StateError(
    'state_invalid_lifetime',
    'A lifetime is a whole number of milliseconds, from one second to 30 days.',
    { field: 'lifetimeMs' },
  );
}
