import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyScopes, permissionsOfRole, permissionsOfScopes, roles } from './permissions';

const sorted = (permissions: ReadonlySet<string>) => [...permissions].sort().join(' ');

describe('what a role may do; no role gives approval authority', () => {
  it('is this table, whole', () => {
    const administration =
      'agent.write audit.read people.read people.write policy.read policy.write request.decide request.read';
    expect(Object.fromEntries(roles.map((role) => [role, sorted(permissionsOfRole(role))]))).toEqual({
      owner: administration,
      admin: administration,
      member: 'people.read policy.read request.decide request.read',
      auditor: 'audit.read audit.reveal people.read policy.read request.read',
    });
  });

  it('gives owners and admins nothing over members when it comes to deciding', () => {
    const aboutRequests = (role: string) =>
      [...permissionsOfRole(role)].filter((each) => each.startsWith('request.')).sort();
    expect(aboutRequests('owner')).toEqual(aboutRequests('member'));
    expect(aboutRequests('admin')).toEqual(aboutRequests('member'));
    expect(aboutRequests('auditor')).toEqual(['request.read']);
  });

  it('lets no person ask as an agent does', () => {
    for (const role of roles) expect(permissionsOfRole(role).has('request.submit')).toBe(false);
  });

  it('gives an unknown role nothing, also one named like what every object inherits', () => {
    for (const role of ['', 'root', 'OWNER', 'constructor', '__proto__', 'toString'])
      expect(permissionsOfRole(role).size).toBe(0);
  });
});

describe('what a key may do', () => {
  it('is this table, whole', () => {
    expect(
      Object.fromEntries(keyScopes.map((scope) => [scope, sorted(permissionsOfScopes([scope]))])),
    ).toEqual({
      requests: 'request.read request.submit',
    });
  });

  it('is never to decide, whatever scopes it carries', () => {
    const scope = fc.oneof(
      fc.constantFrom(...keyScopes),
      fc.constantFrom('request.decide', 'owner', '__proto__'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(scope), (scopes) => {
        const given = permissionsOfScopes(scopes);
        expect(given.has('request.decide')).toBe(false);
        expect(given.has('people.write')).toBe(false);
      }),
    );
  });

  it('is the sum of its scopes, and unknown ones add nothing', () => {
    const all = permissionsOfScopes([...keyScopes, 'constructor', 'policy.write', 'everything']);
    expect(sorted(all)).toBe('request.read request.submit');
    expect(permissionsOfScopes([]).size).toBe(0);
  });
});
