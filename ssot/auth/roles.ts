import type { Permission } from '../kernel';

export const ROLES = ['member', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

const MEMBER: readonly Permission[] = ['chat:use', 'usage:read', 'usage:write'];
const PERMISSIONS_OF: Readonly<Record<Role, readonly Permission[]>> = {
  member: MEMBER,
  administrator: [...MEMBER, 'people:manage', 'settings:read', 'settings:write', 'reports:publish'],
};

export function permissionsOf(role: Role): readonly Permission[] {
  return PERMISSIONS_OF[role];
}
