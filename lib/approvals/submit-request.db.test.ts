import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAgent } from '@/lib/identity/create-agent';
import { createApiKey } from '@/lib/identity/create-api-key';
import { revokeApiKey } from '@/lib/identity/revoke-api-key';
import type { Context } from '@/lib/kernel/context';
import type { IdempotencyClaim } from '@/lib/kernel/idempotency';
import { fromWire, newId, toWire } from '@/lib/kernel/ids';
import { canonicalJson } from '@/lib/kernel/json/canonical-json';
import type { AgentRequestView } from './agent-view';
import { castVote } from './cast-vote';
import { listOwnRequests } from './list-own-requests';
import { mostPending } from './open-twins';
import { readRequest } from './read-request';
import type { AuthorizeBody } from './schema';
import { judgeOnly, submitRequest } from './submit-request';
import { agentContext, eventsOf, look, makeOrg, moveData, payment, type TestOrg } from './testing/test-org';

function claimOf(ctx: Context, key: string, body: AuthorizeBody): IdempotencyClaim {
  // The door takes the fingerprint of the body as it was read from JSON.
  const fingerprint = createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(body))))
    .digest();
  return { principal: toWire('agt', ctx.actor.id), route: 'authorize', key, fingerprint };
}

const submit = (ctx: Context, body: AuthorizeBody, key?: string) =>
  submitRequest(ctx, body, key === undefined ? null : claimOf(ctx, key, body));

const viewOf = (answer: { body: string }): AgentRequestView => JSON.parse(answer.body); // written by the verb itself

async function countRows(
  org: TestOrg,
  table: 'requests' | 'audit_events' | 'idempotency' | 'revisions' | 'tokens',
) {
  const [row] = await look<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE org_id = $1`, [
    org.id,
  ]);
  return row?.n ?? -1;
}

test('64 calls with one key at once make one request and are answered alike, byte for byte', async () => {
  const org = await makeOrg();
  const rounds = 10;
  for (let round = 0; round < rounds; round++) {
    const body = payment({ payload: { amount: 80, round } });
    const answers = await Promise.all(
      Array.from({ length: 64 }, () => submit(org.agent, body, `key-${round}`)),
    );
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1);
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
    expect(viewOf(answers[0] ?? { body: '{}' }).status).toBe('pending');
  }
  expect([await countRows(org, 'requests'), await countRows(org, 'revisions')]).toEqual([rounds, rounds]);
  console.info(`idempotency: ${rounds * 64} calls, ${rounds} requests`);
});

test('A key used with another body is refused, at once and later, and by another agent it is another key', async () => {
  const org = await makeOrg();
  const [one, other] = [payment(), payment()];
  const settled = await Promise.allSettled([submit(org.agent, one, 'k'), submit(org.agent, other, 'k')]);
  expect(settled[0]).toMatchObject({ status: 'fulfilled' });
  expect(settled[1]).toMatchObject({ status: 'rejected', reason: { code: 'unprocessable' } });
  await expect(submit(org.agent, other, 'k')).rejects.toMatchObject({ code: 'unprocessable' });
  const again = await submit(org.agent, one, 'k');
  expect(again.replayed).toBe(true);
  const { id } = await createAgent(org.admin, { name: 'second', ownerId: org.memberId('agata') });
  const { id: keyId } = await createApiKey(org.admin, { agentId: id });
  const second = await submit(agentContext(org.id, id, keyId), one, 'k');
  expect(second.replayed).toBe(false);
  expect(viewOf(second).id).not.toBe(viewOf(again).id);
});

test('An identical ask that still waits is the same request; once it is decided, a new one', async () => {
  const org = await makeOrg();
  const body = payment();
  const answers = await Promise.all(Array.from({ length: 20 }, () => submit(org.agent, body)));
  const views = answers.map(viewOf);
  expect(new Set(views.map((view) => view.id)).size).toBe(1);
  expect(views.filter((view) => view.deduplicated)).toHaveLength(19);
  const [first] = views;
  if (!first) throw new Error('nothing was answered');
  expect(await eventsOf(org.id, first.id)).toEqual(['approval.requested']);
  const { revision, payloadHash } = first;
  await castVote(org.person('fay'), first.id, { verdict: 'approve', revision, payloadHash });
  const later = viewOf(await submit(org.agent, body));
  expect([later.id === first.id, later.deduplicated]).toEqual([false, undefined]);
  const different = viewOf(await submit(org.agent, { ...body, externalRef: 'call_9' }));
  expect(different.id).not.toBe(later.id);
});

test('An identical ask after the first one lapsed is a new request, and the lapse is written down', async () => {
  const org = await makeOrg();
  const body = payment();
  const first = viewOf(await submit(org.agent, body));
  await moveData('UPDATE requests SET expires_at = clock_timestamp() WHERE id = $1', [
    fromWire('req', first.id),
  ]);
  const second = viewOf(await submit(org.agent, body));
  expect(second.id).not.toBe(first.id);
  expect(await eventsOf(org.id, first.id)).toEqual(['approval.requested', 'approval.expired']);
});

test('A dry run says what would be and records nothing', async () => {
  const org = await makeOrg();
  const before = [
    await countRows(org, 'requests'),
    await countRows(org, 'audit_events'),
    await countRows(org, 'tokens'),
  ];
  const verdicts = [];
  for (const body of [
    payment(),
    { ...payment(), action: 'crm.read' },
    { ...payment(), action: 'secrets.read' },
  ])
    verdicts.push((await judgeOnly(org.agent, body)).decision);
  expect(verdicts).toEqual(['require_approval', 'allow', 'deny']);
  expect([
    await countRows(org, 'requests'),
    await countRows(org, 'audit_events'),
    await countRows(org, 'tokens'),
  ]).toEqual(before);
});

test('Each outcome writes exactly its rows and its one event', async () => {
  const org = await makeOrg();
  const cases = [
    ['crm.read', 'allowed', ['action.allowed'], 1],
    ['secrets.read', 'denied', ['action.denied'], 0],
    ['payment.send', 'pending', ['approval.requested'], 0],
    ['never.named', 'denied', ['action.denied'], 0],
  ] as const;
  for (const [action, status, events, tokens] of cases) {
    const before = await countRows(org, 'tokens');
    const view = await org.ask({ action });
    expect([view.status, await eventsOf(org.id, view.id)]).toEqual([status, events]);
    expect([(await countRows(org, 'tokens')) - before, view.token !== undefined]).toEqual([
      tokens,
      tokens === 1,
    ]);
    expect(await readRequest(org.agent, view.id)).toEqual(view);
  }
});

test('What contradicts the key is forbidden: environment and bound initiator', async () => {
  const org = await makeOrg();
  const { id } = await createApiKey(org.admin, {
    agentId: org.agentId,
    environment: 'staging',
    initiator: 'fay@acme.test',
  });
  const bound = agentContext(org.id, org.agentId, id, { environment: 'staging', initiator: 'fay@acme.test' });
  for (const body of [{ environment: 'production' }, { initiator: 'finn@acme.test' }])
    await expect(submit(bound, payment(body)), JSON.stringify(body)).rejects.toMatchObject({
      code: 'forbidden',
    });
  const view = viewOf(await submit(bound, payment({ environment: 'staging', initiator: 'Fay@Acme.test' })));
  const [row] = await look('SELECT environment, initiator, initiator_proven FROM requests WHERE id = $1', [
    fromWire('req', view.id),
  ]);
  expect(row).toEqual({ environment: 'staging', initiator: 'fay@acme.test', initiator_proven: true });
});

test(`An agent with ${mostPending} requests waiting is refused another one, and only another one that waits`, async () => {
  const org = await makeOrg();
  await Promise.all(Array.from({ length: mostPending }, (_, n) => org.ask({ payload: { amount: 80, n } })));
  await expect(org.ask()).rejects.toMatchObject({ code: 'rate_limited', details: { retryAfterSeconds: 60 } });
  expect((await org.ask({ action: 'crm.read' })).status).toBe('allowed');
  expect((await org.ask({ payload: { amount: 80, n: 7 } })).deduplicated).toBe(true);
  expect(await countRows(org, 'requests')).toBe(mostPending + 1);
});

test('A newer ask closes the one it supersedes, in the same transaction', async () => {
  const org = await makeOrg();
  const old = await org.ask();
  const newer = await org.ask({ supersedes: old.id });
  expect((await readRequest(org.agent, old.id)).status).toBe('superseded');
  expect(await eventsOf(org.id, old.id)).toEqual(['approval.requested', 'approval.superseded']);
  expect(newer.status).toBe('pending');
  const before = await countRows(org, 'requests');
  await expect(org.ask({ supersedes: old.id })).rejects.toMatchObject({ code: 'conflict' });
  const other = await makeOrg();
  const foreign = await other.ask();
  for (const supersedes of [foreign.id, 'req_00000000000000000000000000', 'x'])
    await expect(org.ask({ supersedes }), supersedes).rejects.toMatchObject({ code: 'not_found' });
  expect(await countRows(org, 'requests')).toBe(before);
  expect((await readRequest(other.agent, foreign.id)).status).toBe('pending');
});

test("No agent closes another's request, also from within one batch, and a denied ask closes nothing", async () => {
  const org = await makeOrg();
  const old = await org.ask();
  const { id } = await createAgent(org.admin, { name: 'other', ownerId: org.memberId('agata') });
  const { id: keyId } = await createApiKey(org.admin, { agentId: id });
  const other = agentContext(org.id, id, keyId);
  const asks = [org.ask(), submit(other, payment({ supersedes: old.id })), org.ask()];
  const [first, foreign, last] = await Promise.allSettled(asks);
  expect([first?.status, last?.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(foreign).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
  await org.ask({ action: 'secrets.read', supersedes: old.id });
  expect((await readRequest(org.agent, old.id)).status).toBe('pending');
});

test('An ask that failed gives its key back', async () => {
  const org = await makeOrg();
  const body = payment({ environment: 'elsewhere' });
  for (let time = 0; time < 2; time++)
    await expect(submit(org.agent, body, 'again')).rejects.toMatchObject({ code: 'forbidden' });
  expect(await countRows(org, 'idempotency')).toBe(0);
  const missing = payment({ supersedes: toWire('req', newId()) });
  await expect(submit(org.agent, missing, 'again')).rejects.toMatchObject({ code: 'not_found' });
  expect((await submit(org.agent, payment(), 'again')).replayed).toBe(false);
});

test('A revoked key is refused at once, whatever a door still believes of it', async () => {
  const org = await makeOrg();
  expect((await org.ask()).status).toBe('pending');
  await revokeApiKey(org.admin, org.keyId);
  await expect(org.ask()).rejects.toMatchObject({ code: 'unauthorized' });
  await expect(judgeOnly(org.agent, payment())).rejects.toMatchObject({ code: 'unauthorized' });
});

test('A stopped organisation or agent is denied whatever the policy says', async () => {
  const org = await makeOrg();
  for (const [table, column] of [
    ['agents', 'org_id'],
    ['orgs', 'id'],
  ] as const) {
    await moveData(`UPDATE ${table} SET stopped_at = now() WHERE ${column} = $1`, [org.id]);
    for (const action of ['crm.read', 'payment.send']) {
      const view = await org.ask({ action });
      expect([view.status, view.reasons.map((reason) => reason.rule), view.token]).toEqual([
        'denied',
        ['stopped'],
        undefined,
      ]);
    }
    await moveData(`UPDATE ${table} SET stopped_at = NULL WHERE ${column} = $1`, [org.id]);
  }
  expect((await org.ask({ action: 'crm.read' })).status).toBe('allowed');
});

test('Where nothing is published, everything is denied', async () => {
  const org = await makeOrg({ policy: null });
  expect(await org.ask({ action: 'crm.read' })).toMatchObject({
    status: 'denied',
    policy: { name: 'none', version: 0 },
  });
});

test('In a batch of many, what fails harms no other', async () => {
  const org = await makeOrg();
  const revoked = await createApiKey(org.admin, { agentId: org.agentId });
  await revokeApiKey(org.admin, revoked.id);
  const kinds = [
    () => org.ask(),
    () => org.ask({ action: 'crm.read' }),
    () => submit(agentContext(org.id, org.agentId, revoked.id), payment()),
    () => org.ask({ environment: 'elsewhere' }),
    () => org.ask({ supersedes: 'req_00000000000000000000000000' }),
  ];
  const expected = ['fulfilled', 'fulfilled', 'unauthorized', 'forbidden', 'not_found'];
  const settled = await Promise.allSettled(Array.from({ length: 200 }, (_, n) => kinds[n % 5]?.()));
  const found = settled.map((each) => (each.status === 'fulfilled' ? each.status : each.reason.code));
  expect(found).toEqual(Array.from({ length: 200 }, (_, n) => expected[n % 5]));
  expect(await countRows(org, 'requests')).toBe(80);
});

test('A verdict pins the document that made it, and the next version judges the next ask', async () => {
  const org = await makeOrg();
  const first = await org.ask({ action: 'crm.read' });
  await org.publish('version: 1\nname: Acme\ndefault: deny');
  const second = await org.ask({ action: 'crm.read' });
  expect([first.status, first.policy.version, second.status, second.policy.version]).toEqual([
    'allowed',
    1,
    'denied',
    2,
  ]);
});

test('An agent lists its own requests by pages, and what lapsed counts as expired', async () => {
  const org = await makeOrg();
  const asked = await Promise.all(Array.from({ length: 25 }, () => org.ask()));
  await moveData('UPDATE requests SET expires_at = clock_timestamp() WHERE id = $1', [
    fromWire('req', asked[0]?.id ?? ''),
  ]);
  const first = await listOwnRequests(org.agent, { limit: 20 });
  const second = await listOwnRequests(org.agent, { limit: 20, cursor: first.nextCursor ?? '' });
  expect(new Set([...first.items, ...second.items].map((item) => item.id))).toEqual(
    new Set(asked.map((view) => view.id)),
  );
  expect(second.nextCursor).toBeNull();
  expect((await listOwnRequests(org.agent, { limit: 100, status: 'pending' })).items).toHaveLength(24);
  expect((await listOwnRequests(org.agent, { limit: 100, status: 'expired' })).items).toMatchObject([
    { id: asked[0]?.id, status: 'expired' },
  ]);
});
