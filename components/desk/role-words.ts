/** “Finance team, Legal”, after “Admin” where there is more to the role: authority comes from groups. */
export function roleWords({ role, groups }: { role: string; groups: string[] }): string {
  const place = role.charAt(0).toUpperCase() + role.slice(1);
  const names = groups.map((group) => group.charAt(0).toUpperCase() + group.slice(1).replaceAll('-', ' '));
  if (names.length === 0) return place;
  return role === 'member' ? names.join(', ') : `${place} · ${names.join(', ')}`;
}
