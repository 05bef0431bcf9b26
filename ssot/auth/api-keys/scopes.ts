import type { Permission } from '../../kernel';
import { permissionsOf, type Role } from '../roles';

/** What a program may be given; people, settings and keys are managed by persons alone. */
export const SCOPES = ['chat:use', 'usage:read', 'usage:write', 'reports:publish'] as const satisfies Permission[];
export type Scope = (typeof SCOPES)[number];

/** What a key may now: what it was given, and no more than its person may. */
export function effectiveScopes(given: readonly Scope[], role: Role): readonly Scope[] {
  const own = permissionsOf(role);
  return given.filter((scope) => own.includes(scope));
}
