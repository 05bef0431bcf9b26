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
/** 30 days */
const LONGEST_MS = 2_592_000_000;
const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const known = new Map<string, StateKind<never>>();

/** Declares a kind; its name is unique in the process, so that two modules cannot share entries by accident. */
export function defineState<T>(kind: StateKind<T>): StateKind<T> {
  if (!NAME.test(kind.name))
    throw new StateError('state_invalid_key', `"${kind.name}" is no name of a kind: use a-z, digits and dashes.`, {
      field: 'name',
    });
  if (known.has(kind.name))
    throw new StateError('state_invalid_key', `The kind "${kind.name}" is declared already.`, { field: 'name' });
  if (kind.lifetimeMs !== undefined) checkedLifetime(kind.lifetimeMs);
  known.set(kind.name, kind as unknown as StateKind<never>);
  return Object.freeze({ ...kind });
}

export function lifetimeOf(kind: StateKind<unknown>): number {
  return kind.lifetimeMs ?? LIFETIMES[kind.scope];
}

export function isDurable(kind: StateKind<unknown>): boolean {
  return kind.durability === 'durable';
}

/** One second to thirty days. */
export function checkedLifetime(ms: number): number {
  if (Number.isInteger(ms) && ms >= 1_000 && ms <= LONGEST_MS) return ms;
  throw new StateError(
    'state_invalid_lifetime',
    'A lifetime is a whole number of milliseconds, one second to 30 days.',
    { field: 'lifetimeMs' },
  );
}
