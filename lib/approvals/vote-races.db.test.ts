import { Pool, type PoolClient } from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { AppError } from '@/lib/kernel/errors';
import { fromWire } from '@/lib/kernel/ids';
import type { AgentRequestView } from './agent-view';
import { cancelRequest } from './cancel-request';
import { castVote, type VoteOutcome } from './cast-vote';
import { readRequest } from './read-request';
import type { VoteBody } from './schema';
import { look, makeOrg, type TestOrg } from './testing/test-org';

const most = 200;
const atMostSeconds = 45;
const racers = 64;
const people = 40;
const needed = 2;

const names = Array.from({ length: people }, (_, index) => `p${index}`);
let org: TestOrg;

beforeAll(async () => {
  org = await makeOrg({ groups: { finance: names } });
});

type Racer = () => Promise<string>;

/** 64 at once: approvals of 40 people (some twice), a few rejections, edits and the agent's own withdrawal. */
function startingGrid(asked: AgentRequestView, round: number): Racer[] {
  const vote = (who: string, body: Partial<VoteBody> = {}): Racer => {
    const { revision, payloadHash } = asked;
    return async () =>
      castVote(org.person(who), asked.id, { verdict: 'approve', revision, payloadHash, ...body }).then(
        (outcome: VoteOutcome) => outcome.status,
      );
  };
  const edited = { amount: 4000 + round, round };
  const grid = Array.from({ length: racers }, (_, index): Racer => {
    const who = names[(index * 7 + round) % people] ?? '';
    if (index % 16 === 5) return vote(who, { verdict: 'reject', reason: 'No' });
    if (index % 16 === 11 && round % 2 === 0) return vote(who, { payload: edited });
    if (index === 40) return async () => (await cancelRequest(org.agent, asked.id, {})).status;
    return vote(who);
  });
  // Every round starts in another order.
  return grid.map((_, index) => grid[(index * 13 + round * 5) % racers] ?? vote('p0'));
}

/** A race by edits alone may end undecided: whoever is left decides it. */
async function finish(view: AgentRequestView): Promise<AgentRequestView> {
  for (const who of names) {
    const now = await readRequest(org.agent, view.id);
    if (now.status !== 'pending') return now;
    const { revision, payloadHash } = now;
    await castVote(org.person(who), view.id, { verdict: 'approve', revision, payloadHash }).catch(
      () => undefined,
    );
  }
  return readRequest(org.agent, view.id);
}

type Judged = { decisions: number; approvers: number; stories: number; unexpected: unknown[] };

async function judgeRace(asked: AgentRequestView, settled: PromiseSettledResult<string>[]): Promise<Judged> {
  const final = await finish(asked);
  const [row] = await look<{ decisions: number; approvers: number }>(
    `SELECT (SELECT count(*)::int FROM audit_events WHERE org_id = $1 AND request_id = $2
               AND type IN ('approval.granted', 'approval.rejected', 'approval.cancelled')) AS decisions,
            (SELECT count(DISTINCT member_id)::int FROM votes v JOIN requests r ON r.org_id = v.org_id AND r.id = v.request_id
              WHERE v.org_id = $1 AND v.request_id = $2 AND v.verdict = 'approve' AND v.revision = r.revision
                AND v.payload_hash = r.payload_hash) AS approvers`,
    [org.id, fromWire('req', asked.id)],
  );
  // Whoever was told of an end was told of the one end there is.
  const told = settled.flatMap((each) =>
    each.status === 'fulfilled' && each.value !== 'pending' ? [each.value] : [],
  );
  const unexpected = settled.flatMap((each) => {
    if (each.status === 'fulfilled') return [];
    return each.reason instanceof AppError && each.reason.code === 'conflict' ? [] : [each.reason];
  });
  return {
    decisions: row?.decisions ?? 0,
    approvers: final.status === 'approved' ? (row?.approvers ?? 0) : needed,
    stories: new Set([...told, final.status]).size,
    unexpected,
  };
}

test(`One request, one decision: ${racers} racers on each of up to ${most} requests`, async () => {
  const started = Date.now();
  const ends = new Map<string, number>();
  let violations = 0;
  const secondsGone = () => (Date.now() - started) / 1000;
  let races = 0;
  for (; races < most && secondsGone() < atMostSeconds; races++) {
    const round = races;
    const asked = await org.ask({ payload: { amount: 5000, round } });
    const settled = await Promise.allSettled(startingGrid(asked, round).map((racer) => racer()));
    const { decisions, approvers, stories, unexpected } = await judgeRace(asked, settled);
    expect(unexpected).toEqual([]);
    if (decisions !== 1 || approvers < needed || stories !== 1) violations++;
    const { status } = await readRequest(org.agent, asked.id);
    ends.set(status, (ends.get(status) ?? 0) + 1);
  }
  console.info(
    `votes raced: ${races * racers} on ${races} requests in ${secondsGone().toFixed(1)} s, ends ${JSON.stringify(Object.fromEntries(ends))}, violations ${violations}`,
  );
  expect(violations).toBe(0);
}, 120_000);

test('Control: the same race without the row lock and without the trigger is found to violate it', async () => {
  const control = new Pool({ connectionString: process.env.TEST_OWNER_DATABASE_URL, max: 12 });
  await control.query(`
    CREATE TABLE control_requests (id int PRIMARY KEY, status text NOT NULL);
    CREATE TABLE control_votes (request_id int NOT NULL, member text NOT NULL, verdict text NOT NULL);
    CREATE TABLE control_decisions (request_id int NOT NULL, status text NOT NULL);
    INSERT INTO control_requests SELECT n, 'pending' FROM generate_series(1, 40) AS n`);
  try {
    for (let id = 1; id <= 40; id++) {
      const grid = Array.from({ length: racers }, (_, index) => ({
        member: `p${index % people}`,
        verdict: index % 16 === 5 ? 'reject' : 'approve',
      }));
      await Promise.all(grid.map((vote) => careless(control, id, vote)));
    }
    const { rows } = await control.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM (SELECT FROM control_decisions GROUP BY request_id HAVING count(*) > 1) AS twice',
    );
    const violations = rows[0]?.n ?? 0;
    console.info(`control: ${violations} of 40 requests decided more than once without lock and trigger`);
    expect(violations).toBeGreaterThan(0);
  } finally {
    await control.query('DROP TABLE control_requests, control_votes, control_decisions');
    await control.end();
  }
}, 60_000);

/** Reads, then writes what follows from what it read. */
async function careless(pool: Pool, id: number, { member, verdict }: { member: string; verdict: string }) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    if (await isPending(client, id)) {
      await client.query('INSERT INTO control_votes VALUES ($1, $2, $3)', [id, member, verdict]);
      const { rows } = await client.query<{ n: number }>(
        `SELECT count(DISTINCT member)::int AS n FROM control_votes WHERE request_id = $1 AND verdict = 'approve'`,
        [id],
      );
      const status = verdict === 'reject' ? 'rejected' : (rows[0]?.n ?? 0) >= needed ? 'approved' : null;
      if (status) {
        await client.query('UPDATE control_requests SET status = $2 WHERE id = $1', [id, status]);
        await client.query('INSERT INTO control_decisions VALUES ($1, $2)', [id, status]);
      }
    }
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

async function isPending(client: PoolClient, id: number): Promise<boolean> {
  const { rows } = await client.query<{ status: string }>(
    'SELECT status FROM control_requests WHERE id = $1',
    [id],
  );
  return rows[0]?.status === 'pending';
}
