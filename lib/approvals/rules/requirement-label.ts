// A requirement is named as people speak of it: the group's name, the person, the pool.

export function requirementLabel(from: string, groupNames: ReadonlyMap<string, string>): string {
  if (from === 'approvers') return 'Approvers';
  if (from === 'owner') return "Agent's owner";
  if (from === 'any') return 'A second person';
  if (from.startsWith('group:'))
    return groupNames.get(from.slice('group:'.length)) ?? from.slice('group:'.length);
  return from.replace('user:', '');
}
