import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { castVote } from '@/lib/approvals/cast-vote';
import { submitRequest } from '@/lib/approvals/submit-request';
import { agentContext, look, makeOrg, type TestOrg } from '@/lib/approvals/testing/test-org';
import { createAgent } from '@/lib/identity/create-agent';
import { createApiKey } from '@/lib/identity/create-api-key';
import { revokeApiKey } from '@/lib/identity/revoke-api-key';
import { fromWire } from '@/lib/kernel/ids';
import { agentLane } from './agent-lane';

const secret = 'Only Acme knows';
let a: TestOrg;
let b: TestOrg;
let foreign: Map<string, string>;

/** For each lane with an id, what is sent to it. */
const cases: Record<string, { body?: unknown; headers?: Record<string, string> }[]> = {
  'GET /v1/requests/{id}': [{}, { headers: { prefer: 'wait=1' } }, { headers: { 'if-none-match': '"x"' } }],
  'POST /v1/requests/{id}/cancel': [
    { body: { reason: 'mine now' } },
    { body: {}, headers: { 'idempotency-key': 'c' } },
  ],
  'POST /v1/requests/{id}/result': [
    { body: { status: 'succeeded' } },
    { body: { status: 'failed' }, headers: { 'idempotency-key': 'r' } },
  ],
};

/** The lanes as their source lists them. */
function lanesWithId(): string[] {
  const source = readFileSync(path.join(import.meta.dirname, 'agent-lane.ts'), 'utf8');
  const lanes = [...source.matchAll(/method: '(\w+)', path: \/\^(.+?)\$\/,/g)];
  expect(lanes.length).toBeGreaterThan(8);
  return lanes
    .map(
      ([, method, pattern]) => `${method} ${pattern?.replaceAll('\\', '').replace('([^/]{1,64})', '{id}')}`,
    )
    .filter((lane) => /[({]/.test(lane));
}

beforeAll(async () => {
  [a, b] = [await makeOrg(), await makeOrg()];
  const ask = (action?: string) => a.ask({ summary: secret, rationale: secret, ...(action && { action }) });
  const [pending, approved] = [await ask(), await ask()];
  const { revision, payloadHash } = approved;
  await castVote(a.person('fay'), approved.id, { verdict: 'approve', revision, payloadHash });
  foreign = new Map([
    ['pending', pending.id],
    ['approved', approved.id],
    ['allowed', (await ask('crm.read')).id],
    ['denied', (await ask('secrets.read')).id],
    ['in lower case', pending.id.toLowerCase()],
    ['a uuid', fromWire('req', pending.id) ?? ''],
    ['an agent', pending.id.replace('req_', 'agt_')],
    ['of nobody', 'req_00000000000000000000000000'],
    ['nonsense', '%00'],
  ]);
});

async function call(
  key: string,
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const lane = agentLane(method, url.split('?')[0] ?? '');
  if (!lane) throw new Error(`no lane for ${url}`);
  const all = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers };
  return lane(
    new Request(`http://desk.test${url}`, {
      method,
      headers: all,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
}

test('Every lane that takes an id has its case here', () => {
  expect(lanesWithId().sort()).toEqual(Object.keys(cases).sort());
});

test("Another organisation's ids do not exist: 404 on every lane, and not a byte of theirs", async () => {
  const rowsOfA = () =>
    look(
      `SELECT (SELECT json_agg(json_build_array(id, status, version, execution) ORDER BY id) FROM requests WHERE org_id = $1) AS requests,
              (SELECT count(*) FROM audit_events WHERE org_id = $1) AS events`,
      [a.id],
    );
  const before = await rowsOfA();
  let tried = 0;
  for (const [lane, sendings] of Object.entries(cases)) {
    const [method = '', pattern = ''] = lane.split(' ');
    for (const [kind, id] of foreign) {
      for (const { body, headers } of sendings) {
        const response = await call(b.key, method, pattern.replace('{id}', id), body, headers);
        const text = await response.text();
        expect(response.status, `${lane} ${kind}`).toBe(404);
        expect(text, `${lane} ${kind}`).not.toContain(secret);
        tried++;
      }
    }
  }
  expect(await rowsOfA()).toEqual(before);
  console.info(`lanes: ${tried} calls with ids of another organisation, ${tried} times 404`);
});

test('Another agent of the same organisation sees them as little', async () => {
  const { id } = await createAgent(a.admin, { name: 'other', ownerId: a.memberId('agata') });
  const { key } = await createApiKey(a.admin, { agentId: id });
  for (const wanted of [foreign.get('pending'), foreign.get('allowed')])
    expect((await call(key, 'GET', `/v1/requests/${wanted}`)).status).toBe(404);
  expect(await (await call(key, 'GET', '/v1/requests')).json()).toEqual({ items: [], nextCursor: null });
});

test("Neither a list, a cursor, an ask that supersedes nor a key of its own reveals another organisation's requests", async () => {
  const own = await b.ask();
  const listed = await (await call(b.key, 'GET', `/v1/requests?cursor=${foreign.get('pending')}`)).text();
  expect(listed).not.toContain(secret);
  const all: { items: { id: string }[] } = await (await call(b.key, 'GET', '/v1/requests?limit=100')).json();
  expect(all.items.map((item) => item.id)).toEqual([own.id]);
  const newer = await call(b.key, 'POST', '/v1/authorize', {
    action: 'payment.send',
    payload: { amount: 1 },
    supersedes: foreign.get('pending'),
  });
  expect(newer.status).toBe(404);
  const forged = agentContext(a.id, b.agentId, b.keyId);
  await expect(submitRequest(forged, { action: 'crm.read', payload: {} }, null)).rejects.toMatchObject({
    code: 'unauthorized',
  });
});

test('A wrong, mistyped, unknown or revoked key is refused on every lane that takes one', async () => {
  const { id, key } = await createApiKey(b.admin, { agentId: b.agentId });
  expect((await call(key, 'GET', '/v1/requests')).status).toBe(200);
  await revokeApiKey(b.admin, id);
  const mistyped = `${b.key.slice(0, -1)}${b.key.endsWith('0') ? '1' : '0'}`;
  const deadline = Date.now() + 1500;
  while ((await call(key, 'GET', '/v1/requests')).status !== 401 && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 5));
  for (const bad of [key, mistyped, 'cs_live_x', '']) {
    for (const lane of ['POST /v1/authorize', 'GET /v1/requests', ...Object.keys(cases)]) {
      const [method = '', url = ''] = lane.split(' ');
      const body = method === 'POST' ? { action: 'crm.read' } : undefined;
      expect(
        (await call(bad, method, url.replace('{id}', foreign.get('pending') ?? ''), body)).status,
        `${lane} ${bad}`,
      ).toBe(401);
    }
  }
});

test('More calls a minute than the key may make are answered with 429 and the time to wait', async () => {
  const before = process.env.RATE_LIMIT_PER_MINUTE;
  process.env.RATE_LIMIT_PER_MINUTE = '40';
  try {
    const { key } = await createApiKey(b.admin, { agentId: b.agentId });
    const answers = await Promise.all(Array.from({ length: 120 }, () => call(key, 'GET', '/v1/requests')));
    const passed = answers.filter((answer) => answer.status === 200).length;
    const refused = answers.filter((answer) => answer.status === 429);
    // At the turn of a minute two windows are open to it.
    expect([40, 80]).toContain(passed);
    expect(refused.length).toBe(120 - passed);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  } finally {
    if (before === undefined) delete process.env.RATE_LIMIT_PER_MINUTE;
    else process.env.RATE_LIMIT_PER_MINUTE = before;
  }
});
