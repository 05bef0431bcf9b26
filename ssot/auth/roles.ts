import type { Permission } from '../kernel';

/** From the least rights to the most. A company's last owner cannot go, and only an owner makes owners. */
export const ROLES = ['member', 'administrator', 'owner'] as const;
export type Role = (typeof ROLES)[number];

const MEMBER: readonly Permission[] = ['account:use', 'chat:use', 'usage:read', 'usage:write'];
const ADMINISTRATOR: readonly Permission[] = [
  ...MEMBER,
  'people:manage',
  'settings:read',
  'settings:write',
  'reports:publish',
  'keys:manage',
  'audit:read',
];
const PERMISSIONS_OF: Readonly<Record<Role, readonly Permission[]>> = {
  member: MEMBER,
  administrator: ADMINISTRATOR,
  owner: [...ADMINISTRATOR, 'owners:manage', 'sso:manage'],
};

export function permissionsOf(role: Role): readonly Permission[] {
  return PERMISSIONS_OF[role];
}
