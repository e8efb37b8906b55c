// What a role may do. No role gives approval authority: that comes from assignment and groups alone.
import type { Permission } from '@/lib/kernel/context';

export const roles = ['owner', 'admin', 'member', 'auditor'] as const;
export type Role = (typeof roles)[number];

const everyone: Permission[] = ['request.read', 'request.decide', 'policy.read', 'people.read'];
const administration: Permission[] = [
  ...everyone,
  'policy.write',
  'people.write',
  'agent.write',
  'audit.read',
];

const permissionsByRole: Record<Role, readonly Permission[]> = {
  owner: administration,
  admin: administration,
  member: everyone,
  auditor: ['request.read', 'policy.read', 'people.read', 'audit.read', 'audit.reveal'],
};

/** Scopes an API key may carry, and what each permits. */
const permissionsByScope: Record<string, readonly Permission[]> = {
  requests: ['request.submit', 'request.read'],
};
export const keyScopes = Object.keys(permissionsByScope);

/** The permissions of a member with this role. An unknown role has none. */
export function permissionsOfRole(role: string): ReadonlySet<Permission> {
  return new Set(Object.hasOwn(permissionsByRole, role) ? permissionsByRole[role as Role] : []); // own property checked
}

/** The permissions of a key with these scopes; an agent never has `request.decide`. Unknown scopes give none. */
export function permissionsOfScopes(scopes: readonly string[]): ReadonlySet<Permission> {
  return new Set(
    scopes.flatMap((scope) =>
      Object.hasOwn(permissionsByScope, scope) ? (permissionsByScope[scope] ?? []) : [],
    ),
  );
}
