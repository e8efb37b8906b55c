import { verify as verifyPaseto } from 'paseto-ts/v4';
import { Pool } from 'pg';
import { expect, test } from 'vitest';
import { agentLane } from '@/lib/api/agent-lane';
import { AppError } from '@/lib/kernel/errors';
import { fromWire } from '@/lib/kernel/ids';
import { sha256Canonical } from '@/lib/kernel/json/canonical-json';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { keyring } from '@/lib/tokens/keyring';
import { implicitAssertion } from '@/lib/tokens/rules/claims';
import type { AgentRequestView } from './agent-view';
import { castVote } from './cast-vote';
import { readRequest } from './read-request';
import { contextOfToken, redeemToken } from './redeem-token';
import { reportResult } from './report-result';

import { eventsOf, look, makeOrg, moveData, type TestOrg } from './testing/test-org';

type Approved = AgentRequestView & { token: string };

/** A request that one of finance approved, as its agent sees it. */
async function approved(
  org: TestOrg,
  payload: Record<string, JsonValue> = { amount: 80 },
): Promise<Approved> {
  const { id, revision, payloadHash } = await org.ask({ payload });
  await castVote(org.person('fay'), id, { verdict: 'approve', revision, payloadHash });
  const view = await readRequest(org.agent, id);
  return { ...view, token: view.token ?? '' };
}

async function spend({ token, payload }: { token: string; payload: JsonValue }) {
  const { ctx, claims } = contextOfToken(token, payload, 'test');
  return redeemToken(ctx, claims);
}

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const request = new Request(`http://desk.test${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json', ...headers },
  });
  const lane = agentLane(method, path);
  if (!lane) throw new Error(`no lane for ${path}`);
  return lane(request);
}

const redeem = (body: unknown, headers: Record<string, string> = {}) =>
  call('POST', '/v1/tokens/redeem', body, headers);

const requestUuid = (view: AgentRequestView) => fromWire('req', view.id);

test('An approval is spent at most once, whoever is how fast', async () => {
  const org = await makeOrg();
  const [tokens, racers] = [50, 32];
  const wins: number[] = [];
  for (let round = 0; round < tokens; round++) {
    const view = await approved(org, { amount: 80, round });
    const settled = await Promise.allSettled(Array.from({ length: racers }, () => spend(view)));
    const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused.every((reason) => reason instanceof AppError && reason.code === 'conflict')).toBe(true);
    wins.push(racers - refused.length);
    const events = await eventsOf(org.id, view.id);
    expect(events.filter((type) => type === 'token.redeemed')).toHaveLength(1);
  }
  console.info(
    `redeemed: ${tokens} tokens × ${racers} racers, ${wins.reduce((sum, won) => sum + won, 0)} successes`,
  );
  expect(wins).toEqual(Array.from({ length: tokens }, () => 1));
}, 90_000);

test('Control: the same race that reads first and writes after is found to spend twice', async () => {
  const control = new Pool({ connectionString: process.env.TEST_OWNER_DATABASE_URL, max: 12 });
  await control.query('CREATE TABLE control_tokens (id int PRIMARY KEY, execution text NOT NULL)');
  await control.query("INSERT INTO control_tokens SELECT n, 'none' FROM generate_series(1, 20) AS n");
  const careless = async (id: number): Promise<boolean> => {
    const { rows } = await control.query('SELECT execution FROM control_tokens WHERE id = $1', [id]);
    if (rows[0]?.execution !== 'none') return false;
    await control.query("UPDATE control_tokens SET execution = 'redeemed' WHERE id = $1", [id]);
    return true;
  };
  try {
    let violations = 0;
    for (let id = 1; id <= 20; id++) {
      const wins = await Promise.all(Array.from({ length: 32 }, () => careless(id)));
      if (wins.filter(Boolean).length > 1) violations++;
    }
    console.info(`control: ${violations} of 20 tokens spent more than once without the lock`);
    expect(violations).toBeGreaterThan(0);
  } finally {
    await control.query('DROP TABLE control_tokens');
    await control.end();
  }
});

test('Two tokens of one request are still one execution', async () => {
  const org = await makeOrg();
  const first = await approved(org);
  await age(first, 250);
  const second = await readRequest(org.agent, first.id);
  expect(second.token).not.toBe(first.token);
  await spend({ token: second.token ?? '', payload: second.payload });
  await expect(spend(first)).rejects.toMatchObject({ code: 'conflict' });
});

/** Makes the latest token of a request this many seconds older. */
function age(view: AgentRequestView, seconds: number) {
  return moveData(
    `UPDATE tokens SET issued_at = issued_at - $2 * interval '1 s', expires_at = expires_at - $2 * interval '1 s' WHERE request_id = $1`,
    [requestUuid(view), seconds],
  );
}

test('A lost answer is given again under its key, the same body; without it, or with another key, it is spent', async () => {
  const org = await makeOrg();
  const view = await approved(org);
  const body = { token: view.token, payload: view.payload };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => redeem(body, { 'idempotency-key': 'r1' })),
  );
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 8 }, () => 200));
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  expect(new Set(texts).size).toBe(1);
  expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === null)).toHaveLength(1);
  expect(JSON.parse(texts[0] ?? '')).toMatchObject({
    request: view.id,
    execution: 'redeemed',
    payloadHash: view.payloadHash,
  });
  expect((await redeem(body)).status).toBe(409);
  expect((await redeem(body, { 'idempotency-key': 'r2' })).status).toBe(409);
  expect((await readRequest(org.agent, view.id)).token).toBeUndefined();
});

test('Another payload, order aside, is refused; so are a changed token and one of nobody', async () => {
  const org = await makeOrg();
  const view = await approved(org, { amount: 80, to: 'DE89', list: [1, 2] });
  const altered = [
    { amount: 80.5, to: 'DE89', list: [1, 2] },
    { amount: '80', to: 'DE89', list: [1, 2] },
    { amount: 80, to: 'DE89', list: [2, 1] },
    { amount: 80, to: 'DE89' },
    { amount: 80, to: 'DE89', list: [1, 2], more: null },
    {},
  ];
  for (const payload of altered)
    expect((await redeem({ token: view.token, payload })).status, JSON.stringify(payload)).toBe(422);
  const flipped = `${view.token.slice(0, 60)}${view.token[60] === 'A' ? 'B' : 'A'}${view.token.slice(61)}`;
  for (const token of [flipped, view.token.slice(0, -5), 'v4.public.AAAA', 'x'])
    expect((await redeem({ token, payload: view.payload })).status, token.slice(0, 20)).toBe(401);
  expect((await readRequest(org.agent, view.id)).execution).toBe('none');
  expect(
    (await redeem({ token: view.token, payload: { list: [1, 2], to: 'DE89', amount: 80 } })).status,
  ).toBe(200);
});

test('A token of another revision, a lapsed approval and an expired token are refused', async () => {
  const org = await makeOrg();
  const older = await approved(org, { amount: 81 });
  await moveData('UPDATE requests SET revision = 2 WHERE id = $1', [requestUuid(older)]);
  await expect(spend(older)).rejects.toMatchObject({ code: 'unprocessable' });
  const lapsed = await approved(org, { amount: 82 });
  await moveData('UPDATE requests SET valid_until = clock_timestamp() WHERE id = $1', [requestUuid(lapsed)]);
  await expect(spend(lapsed)).rejects.toMatchObject({ code: 'gone' });
  expect((await readRequest(org.agent, lapsed.id)).token).toBeUndefined();
  const expired = await approved(org, { amount: 83 });
  const { ctx, claims } = contextOfToken(expired.token, expired.payload, 'test');
  const past = { ...claims, exp: new Date(Date.now() - 1000).toISOString() };
  await expect(redeemToken(ctx, past)).rejects.toMatchObject({ code: 'gone' });
});

test('While the organisation or the agent is stopped nothing is redeemed', async () => {
  const org = await makeOrg();
  const view = await approved(org);
  for (const [table, column] of [
    ['agents', 'org_id'],
    ['orgs', 'id'],
  ] as const) {
    await moveData(`UPDATE ${table} SET stopped_at = now() WHERE ${column} = $1`, [org.id]);
    await expect(spend(view)).rejects.toMatchObject({ code: 'forbidden' });
    await moveData(`UPDATE ${table} SET stopped_at = NULL WHERE ${column} = $1`, [org.id]);
  }
  expect((await spend(view)).execution).toBe('redeemed');
});

test('A result is said once, after redeeming, by the agent itself', async () => {
  const org = await makeOrg();
  const view = await approved(org);
  const early = reportResult(org.agent, view.id, { status: 'succeeded' });
  await expect(early).rejects.toMatchObject({ code: 'conflict' });
  await spend(view);
  const done = await reportResult(org.agent, view.id, { status: 'failed', output: { code: 7 } });
  expect(done.execution).toBe('failed');
  await expect(reportResult(org.agent, view.id, { status: 'succeeded' })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(await eventsOf(org.id, view.id)).toEqual([
    'approval.requested',
    'approval.voted',
    'approval.granted',
    'token.redeemed',
    'action.reported',
  ]);
});

test('Reading gives the same token while it has a minute left, and a new one below that', async () => {
  const org = await makeOrg();
  const view = await approved(org);
  expect((await readRequest(org.agent, view.id)).token).toBe(view.token);
  await age(view, 200);
  const aged = await readRequest(org.agent, view.id);
  expect(aged.tokenExpiresAt).toBe(new Date(Date.parse(view.tokenExpiresAt ?? '') - 200_000).toISOString());
  await age(view, 45);
  const readers = await Promise.all(Array.from({ length: 12 }, () => readRequest(org.agent, view.id)));
  expect(new Set(readers.map((reader) => reader.token)).size).toBe(1);
  expect(readers[0]?.token).not.toBe(aged.token);
  const [rows] = await look<{ n: number }>('SELECT count(*)::int AS n FROM tokens WHERE request_id = $1', [
    requestUuid(view),
  ]);
  expect(rows?.n).toBe(2);
  expect((await eventsOf(org.id, view.id)).filter((type) => type === 'token.issued')).toHaveLength(1);
  await spend({ token: readers[0]?.token ?? '', payload: view.payload });
});

test('In the last minute of an approval reading it again and again makes no more tokens', async () => {
  const org = await makeOrg();
  const view = await approved(org);
  await moveData(`UPDATE requests SET valid_until = clock_timestamp() + interval '40 s' WHERE id = $1`, [
    requestUuid(view),
  ]);
  await age(view, 270);
  const first = await readRequest(org.agent, view.id);
  const second = await readRequest(org.agent, view.id);
  const until = Date.parse(first.tokenExpiresAt ?? '') - Date.now();
  expect(until).toBeLessThanOrEqual(40_000);
  expect(second.token).toBe(first.token);
  const [rows] = await look<{ n: number }>('SELECT count(*)::int AS n FROM tokens WHERE request_id = $1', [
    requestUuid(view),
  ]);
  expect(rows?.n).toBe(2);
});

test('An allowed action gets its token at once, and it is spent the same way', async () => {
  const org = await makeOrg();
  const view = await org.ask({ action: 'crm.read', counterparty: 'crm.test' });
  expect((await spend({ token: view.token ?? '', payload: view.payload })).request).toBe(view.id);
  await expect(spend({ token: view.token ?? '', payload: view.payload })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('Tokens hold under a second implementation, over exactly the payload and audience', async () => {
  const org = await makeOrg();
  const count = 12;
  const own = keyring().verifying[0]?.paserk ?? '';
  for (let round = 0; round < count; round++) {
    const view = await approved(org, { amount: 80, round });
    const { claims } = contextOfToken(view.token, view.payload, 'test');
    const assertion = new Uint8Array(implicitAssertion(claims.aud, sha256Canonical(view.payload)));
    const { payload } = await verifyPaseto<Record<string, unknown>>(own, view.token, {
      assertion,
      validatePayload: false,
    });
    expect(payload).toMatchObject({
      request: view.id,
      revision: 1,
      payload_hash: view.payloadHash,
      purpose: 'approval',
    });
    const other = new Uint8Array(implicitAssertion(claims.aud, sha256Canonical({ amount: 81, round })));
    await expect(async () =>
      verifyPaseto(own, view.token, { assertion: other, validatePayload: false }),
    ).rejects.toThrow();
  }
  console.info(`second implementation: ${count} tokens held, ${count} with another payload refused`);
});

test('Asking whether a proof is genuine is answered and recorded, and changes nothing', async () => {
  const org = await makeOrg();
  const view = await approved(org);
  const ask = async (body: object) => (await call('POST', '/v1/tokens/verify', body)).json();
  expect(await ask({ token: view.token, payload: view.payload })).toMatchObject({
    valid: true,
    execution: 'none',
  });
  expect(await ask({ token: view.token, payload: { amount: 1 } })).toMatchObject({ valid: false });
  expect(await ask({ token: view.token, payload: view.payload, audience: 'other' })).toMatchObject({
    valid: false,
  });
  await spend(view);
  expect(await ask({ token: view.token, payload: view.payload })).toMatchObject({
    valid: true,
    execution: 'redeemed',
  });
  expect((await eventsOf(org.id, view.id)).filter((type) => type === 'token.verified')).toHaveLength(2);
});

test('The agent executes what was approved: the edited payload comes back, and its own copy is refused', async () => {
  const org = await makeOrg();
  const { id, revision, payloadHash } = await org.ask({ payload: { amount: 90 } });
  await castVote(org.person('fay'), id, {
    verdict: 'approve',
    revision,
    payloadHash,
    payload: { amount: 70 },
  });
  const headers = { authorization: `Bearer ${org.key}` };
  const view = await (await call('GET', `/v1/requests/${id}`, undefined, headers)).json();
  expect(view).toMatchObject({ status: 'approved', edited: true, payload: { amount: 70 } });
  expect((await redeem({ token: view.token, payload: { amount: 90 } })).status).toBe(422);
  expect((await redeem({ token: view.token, payload: view.payload })).status).toBe(200);
  const report = () =>
    call(
      'POST',
      `/v1/requests/${id}/result`,
      { status: 'succeeded' },
      { ...headers, 'idempotency-key': 'res' },
    );
  const [said, again] = [await report(), await report()];
  expect([said.status, again.status, await again.text()]).toEqual([200, 200, await said.text()]);
});
