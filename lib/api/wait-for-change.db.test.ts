import { expect, test } from 'vitest';
import type { AgentRequestView } from '@/lib/approvals/agent-view';
import { castVote } from '@/lib/approvals/cast-vote';
import { look, makeOrg } from '@/lib/approvals/testing/test-org';
import { agentLane } from './agent-lane';

process.env.RATE_LIMIT_PER_MINUTE = '1000000';

type Connection = { pid: number; asked: string };

/** The app's connections to this database, each with the time of its last statement. */
const connections = () =>
  look<Connection>(
    `SELECT pid, query_start::text AS asked FROM pg_stat_activity WHERE datname = current_database() AND usename = 'countersign_app' ORDER BY pid`,
  );

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Until no connection has been asked anything for this long. */
async function untilQuiet(milliseconds: number): Promise<Connection[]> {
  for (;;) {
    const before = await connections();
    await pause(milliseconds);
    const after = await connections();
    if (JSON.stringify(before) === JSON.stringify(after)) return after;
  }
}

test('500 who wait cost no connection and no statement, and each wakes when its own request moves', async () => {
  const org = await makeOrg();
  const [waiters, idleMilliseconds, wakes] = [500, 10_000, 40];
  const asked = await Promise.all(
    Array.from({ length: waiters }, (_, n) => org.ask({ payload: { amount: 80, n } })),
  );
  const left = new AbortController();
  const wait = async ({ id }: AgentRequestView) => {
    const lane = agentLane('GET', `/v1/requests/${id}`);
    const headers = { authorization: `Bearer ${org.key}`, prefer: 'wait=50' };
    const response = await lane?.(
      new Request(`http://desk.test/v1/requests/${id}`, { headers, signal: left.signal }),
    );
    const view: AgentRequestView = await response?.json();
    return { status: response?.status, view, at: performance.now() };
  };
  const waiting = asked.map(wait);
  const before = await untilQuiet(700);
  await pause(idleMilliseconds);
  const after = await connections();
  const talkative = after.filter(
    ({ pid, asked: last }) => !before.some((one) => one.pid === pid && one.asked === last),
  );
  console.info(
    `waiting: ${waiters} for ${idleMilliseconds / 1000} s on ${before.length} connections, ${talkative.length} of them asked anything`,
  );
  // The pool may let go of connections that idle; it takes no new one.
  expect(before.map(({ pid }) => pid)).toEqual(expect.arrayContaining(after.map(({ pid }) => pid)));
  expect(talkative).toEqual([]);
  expect(before.length).toBeLessThanOrEqual(14);

  const latencies: number[] = [];
  for (const [index, { id, revision, payloadHash }] of asked.slice(0, wakes).entries()) {
    const voted = castVote(org.person('fay'), id, { verdict: 'approve', revision, payloadHash }).then(() =>
      performance.now(),
    );
    const woken = await waiting[index];
    expect(woken).toMatchObject({ status: 200, view: { id, status: 'approved' } });
    latencies.push((woken?.at ?? 0) - (await voted));
  }
  latencies.sort((x, y) => x - y);
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)]?.toFixed(1);
  console.info(`waking: ${wakes} votes, answered after commit p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  const [still] = await Promise.all([Promise.race([waiting[wakes], pause(50)])]);
  expect(still).toBeUndefined();
  left.abort();
  const rest = await Promise.all(waiting.slice(wakes));
  expect(new Set(rest.map(({ view }) => view.status))).toEqual(new Set(['pending']));
}, 60_000);

test('A change between reading and waiting is not missed, and a known state is answered with 304 when time is up', async () => {
  const org = await makeOrg();
  const get = async (id: string, headers: Record<string, string>) => {
    const all = { authorization: `Bearer ${org.key}`, ...headers };
    const response = await agentLane(
      'GET',
      `/v1/requests/${id}`,
    )?.(new Request(`http://desk.test/v1/requests/${id}`, { headers: all }));
    if (!response) throw new Error('no lane');
    return response;
  };
  const rounds = 30;
  for (let round = 0; round < rounds; round++) {
    const { id, revision, payloadHash } = await org.ask({ payload: { amount: 80, round } });
    const waiting = get(id, { prefer: 'wait=20' });
    await pause(round % 6);
    await castVote(org.person('fay'), id, { verdict: 'approve', revision, payloadHash });
    expect(await (await waiting).json()).toMatchObject({ status: 'approved' });
  }
  const { id } = await org.ask();
  const tag = (await get(id, {})).headers.get('etag') ?? '';
  const started = performance.now();
  const unchanged = await get(id, { prefer: 'wait=1', 'if-none-match': tag });
  expect([unchanged.status, unchanged.headers.get('preference-applied')]).toEqual([304, 'wait=1']);
  expect(performance.now() - started).toBeGreaterThan(900);
  const known = await get(id, { prefer: 'wait=20', 'if-none-match': '"another"' });
  expect(known.status).toBe(200);
}, 60_000);
