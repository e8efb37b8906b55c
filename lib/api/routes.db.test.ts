import { beforeAll, expect, test } from 'vitest';
import type { AgentRequestView } from '@/lib/approvals/agent-view';
import { cancelRequest } from '@/lib/approvals/cancel-request';
import { castVote } from '@/lib/approvals/cast-vote';
import { ListQuery, listOwnRequests } from '@/lib/approvals/list-own-requests';
import { readRequest } from '@/lib/approvals/read-request';
import { reportResult } from '@/lib/approvals/report-result';
import { agentContext, eventsOf, makeOrg, moveData, type TestOrg } from '@/lib/approvals/testing/test-org';
import { createApiKey } from '@/lib/identity/create-api-key';
import { revokeApiKey } from '@/lib/identity/revoke-api-key';
import { fromWire } from '@/lib/kernel/ids';
import { agentLane } from './agent-lane';

let org: TestOrg;

beforeAll(async () => {
  org = await makeOrg();
});

async function call(
  key: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: unknown,
): Promise<Response> {
  const lane = agentLane(method, path);
  if (!lane) throw new Error(`no lane for ${path}`);
  const all = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers };
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  return lane(new Request(`http://desk.test${path}`, { method, headers: all, ...text }));
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const approve = ({ id, revision, payloadHash }: AgentRequestView) =>
  castVote(org.person('fay'), id, { verdict: 'approve', revision, payloadHash });

/** Until the key's revocation has reached this process. */
async function untilRefused(key: string): Promise<void> {
  while ((await call(key, 'GET', '/v1/requests')).status !== 401) await pause(5);
}

test('An Idempotency-Key is its API key’s: what staging was allowed is not answered to production', async () => {
  const staging = await createApiKey(org.admin, { agentId: org.agentId, environment: 'staging' });
  const ask = { action: 'crm.read', payload: { account: 7 } };
  const send = async (key: string) => {
    const answer = await call(key, 'POST', '/v1/authorize', { 'idempotency-key': 'same' }, ask);
    const { id, token }: AgentRequestView = await answer.json();
    return { id, token, replayed: answer.headers.get('idempotent-replayed') };
  };
  const first = await send(staging.key);
  expect(await send(staging.key)).toEqual({ ...first, replayed: 'true' });
  const production = await send(org.key);
  expect(production.replayed).toBeNull();
  expect([production.id, production.token]).not.toEqual([first.id, first.token]);
});

test('A token is never withheld as “unchanged”: a fresh one has another tag, and only the one at hand is 304', async () => {
  const asked = await org.ask();
  await approve(asked);
  const path = `/v1/requests/${asked.id}`;
  const first = await call(org.key, 'GET', path);
  const tag = first.headers.get('etag') ?? '';
  const { token }: AgentRequestView = await first.json();
  expect((await call(org.key, 'GET', path, { 'if-none-match': tag })).status).toBe(304);
  await moveData(
    `UPDATE tokens SET issued_at = issued_at - interval '250 s', expires_at = expires_at - interval '250 s' WHERE request_id = $1`,
    [fromWire('req', asked.id)],
  );
  const again = await call(org.key, 'GET', path, { 'if-none-match': tag });
  expect(again.status).toBe(200);
  const fresh: AgentRequestView = await again.json();
  expect(fresh.token).toBeTruthy();
  expect(fresh.token).not.toBe(token);
  expect(await eventsOf(org.id, asked.id)).toContain('token.issued');
});

test('An id in lower case waits and wakes like any other', async () => {
  const asked = await org.ask();
  const started = performance.now();
  const path = `/v1/requests/${asked.id.toLowerCase()}`;
  const waiting = call(org.key, 'GET', path, { prefer: 'wait=15' });
  await pause(150);
  await approve(asked);
  expect(await (await waiting).json()).toMatchObject({ id: asked.id, status: 'approved' });
  expect(performance.now() - started).toBeLessThan(5000);
});

test('Revoking a key ends what waits under it at once, and an approval a moment later reaches nobody', async () => {
  const { id, key } = await createApiKey(org.admin, { agentId: org.agentId });
  const asked = await org.ask();
  const started = performance.now();
  const waiting = call(key, 'GET', `/v1/requests/${asked.id}`, { prefer: 'wait=50' });
  const other = call(org.key, 'GET', `/v1/requests/${asked.id}`, { prefer: 'wait=50' });
  await pause(200);
  await revokeApiKey(org.admin, id);
  await approve(asked);
  const answer = await waiting;
  expect(answer.status).toBe(401);
  expect(await answer.text()).not.toContain('v4.public.');
  expect(performance.now() - started).toBeLessThan(5000);
  expect(await (await other).json()).toMatchObject({ status: 'approved' });
});

test('A key believed a moment too long still reads, lists, cancels and reports nothing', async () => {
  const { id, key } = await createApiKey(org.admin, { agentId: org.agentId });
  const asked = await org.ask();
  const ctx = agentContext(org.id, org.agentId, id);
  expect(await readRequest(ctx, asked.id)).toMatchObject({ id: asked.id });
  await revokeApiKey(org.admin, id);
  const tries = [
    () => readRequest(ctx, asked.id),
    () => listOwnRequests(ctx, ListQuery.parse({})),
    () => cancelRequest(ctx, asked.id, {}),
    () => reportResult(ctx, asked.id, { status: 'succeeded' }),
  ];
  for (const tried of tries) await expect(tried()).rejects.toMatchObject({ code: 'unauthorized' });
  await untilRefused(key);
  expect(await readRequest(org.agent, asked.id)).toMatchObject({ status: 'pending' });
});

test('A sensitive path that names nothing in the payload is refused by its pointer, and nothing is recorded', async () => {
  const refuse = async (payload: unknown, sensitive: string[]) => {
    const answer = await call(org.key, 'POST', '/v1/authorize', {}, { action: 'x.y', payload, sensitive });
    expect(answer.status).toBe(422);
    const { errors } = await answer.json();
    return errors.map(({ pointer }: { pointer: string }) => pointer);
  };
  expect(await refuse({ to: 'DE89' }, ['payload.to', 'payload.too'])).toEqual(['/sensitive/1']);
  expect(await refuse({ 'a.b': 'DE89' }, ['payload.a.b'])).toEqual(['/sensitive/0']);
  expect(await refuse({}, ['payload.constructor', 'payload.toString.name'])).toHaveLength(2);
  const fine = { action: 'crm.read', payload: { list: [{ iban: 1 }] }, sensitive: ['payload.list.0.iban'] };
  expect((await call(org.key, 'POST', '/v1/authorize', {}, fine)).status).toBe(200);
});
