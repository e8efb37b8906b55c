import { expect, test } from 'vitest';
import { look, makeOrg } from '@/lib/approvals/testing/test-org';
import { newId, toWire } from '@/lib/kernel/ids';
import { addMember } from './add-member';
import { recordSession } from './record-session';
import { permissionsOfRole } from './rules/permissions';

test('Only an owner adds another owner; an admin adds everyone else', async () => {
  const org = await makeOrg();
  const { id } = await addMember(org.admin, { name: 'Adam', email: 'adam@acme.test', role: 'admin' });
  const adam = { ...org.person('olga'), permissions: permissionsOfRole('admin') };
  adam.actor = { kind: 'member', id, via: 'web' };
  const owner = { name: 'Otto', email: 'otto@acme.test', role: 'owner' as const };
  await expect(addMember(adam, owner)).rejects.toMatchObject({ code: 'forbidden' });
  expect(
    await look("SELECT 1 FROM members WHERE email = 'otto@acme.test' AND org_id = $1", [org.id]),
  ).toEqual([]);
  await addMember(adam, { name: 'Ada', email: 'ada@acme.test', role: 'admin' });
  await addMember(org.admin, owner);
});

test('Signing in and out stands in the record of each org, with where it came from', async () => {
  const org = await makeOrg();
  const email = `${newId()}@acme.test`;
  const { id } = await addMember(org.admin, { name: 'Mia', email, role: 'member' });
  const origin = { address: '203.0.113.9', userAgent: 'Browser/1' };
  await recordSession(email, { type: 'session.opened', method: 'email' }, origin);
  await recordSession(email, { type: 'session.ended' }, origin);
  await recordSession('nobody@elsewhere.test', { type: 'session.opened', method: 'oidc' }, origin);
  const rows = await look<{ type: string; body: string }>(
    `SELECT e.type, d.body FROM audit_events e JOIN audit_details d ON d.org_id = e.org_id AND d.event_id = e.event_id
      WHERE e.org_id = $1 AND e.subject_id = $2 AND e.type LIKE 'session.%' ORDER BY e.at, e.event_id`,
    [org.id, toWire('mem', id)],
  );
  expect(rows.map(({ type, body }) => [type, JSON.parse(body)])).toEqual([
    ['session.opened', { matter: { method: 'email' }, origin }],
    ['session.ended', { origin }],
  ]);
});
