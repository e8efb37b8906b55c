import { expect, test } from 'vitest';
import { addGroupMember, removeGroupMember } from '@/lib/identity/change-group';
import { createApiKey } from '@/lib/identity/create-api-key';
import { suspendMember } from '@/lib/identity/suspend-member';
import type { Context } from '@/lib/kernel/context';
import { fromWire } from '@/lib/kernel/ids';
import type { AgentRequestView } from './agent-view';
import { cancelRequest } from './cancel-request';
import { castVote } from './cast-vote';
import { expireRequest } from './expire-request';
import { readRequest } from './read-request';
import type { AuthorizeBody, VoteBody } from './schema';
import { submitRequest } from './submit-request';
import {
  agentContext,
  eventsOf,
  look,
  makeOrg,
  moveData,
  type TestOrg,
  usualPolicy,
  withConnection,
} from './testing/test-org';

const approve = (view: AgentRequestView, more: Partial<VoteBody> = {}): VoteBody => ({
  verdict: 'approve',
  revision: view.revision,
  payloadHash: view.payloadHash,
  ...more,
});
const reject = (view: AgentRequestView): VoteBody =>
  approve(view, { verdict: 'reject', reason: 'Not like this' });
const large = { payload: { amount: 5000, to: 'DE89', note: 'march' } };

/** Waits until some connection of this database waits for a lock. */
async function untilSomeoneWaits(): Promise<void> {
  for (;;) {
    const [row] = await look<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (row && row.n > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Holds the request's row while `meanwhile` runs and `work` waits for it. */
function whileWaiting<T>(view: AgentRequestView, work: () => Promise<T>, meanwhile: () => Promise<unknown>) {
  return withConnection(process.env.TEST_SUPERUSER_DATABASE_URL ?? '', async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM requests WHERE id = $1 FOR UPDATE', [fromWire('req', view.id)]);
    const waiting = Promise.allSettled([work()]);
    await untilSomeoneWaits();
    await meanwhile();
    await client.query('COMMIT');
    const [settled] = await waiting;
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  });
}

test('One of finance approves, and the agent gets its token', async () => {
  const org = await makeOrg();
  const asked = await org.ask();
  expect([asked.status, asked.decision, asked.token]).toEqual(['pending', 'require_approval', undefined]);
  expect(await castVote(org.person('fay'), asked.id, approve(asked))).toEqual({
    status: 'approved',
    refused: null,
  });
  const view = await readRequest(org.agent, asked.id);
  expect([view.status, view.execution, view.token?.slice(0, 10)]).toEqual(['approved', 'none', 'v4.public.']);
  expect(await eventsOf(org.id, asked.id)).toEqual([
    'approval.requested',
    'approval.voted',
    'approval.granted',
  ]);
});

test('Two different people are needed where two are asked, and the first one again changes nothing', async () => {
  const org = await makeOrg();
  const asked = await org.ask(large);
  const fay = org.person('fay');
  for (let time = 1; time <= 3; time++)
    expect((await castVote(fay, asked.id, approve(asked))).status).toBe('pending');
  const [votes] = await look<{ n: number }>('SELECT count(*)::int AS n FROM votes WHERE org_id = $1', [
    org.id,
  ]);
  expect(votes?.n).toBe(1);
  await expect(castVote(fay, asked.id, reject(asked))).rejects.toMatchObject({ code: 'conflict' });
  expect((await castVote(org.person('finn'), asked.id, approve(asked))).status).toBe('approved');
  expect((await castVote(fay, asked.id, approve(asked))).status).toBe('approved');
  expect(await eventsOf(org.id, asked.id)).toEqual([
    'approval.requested',
    'approval.voted',
    'approval.voted',
    'approval.granted',
  ]);
});

test('Someone who fits two slots fills one of them', async () => {
  const org = await makeOrg();
  const asked = await org.ask({ action: 'contract.sign' });
  expect((await castVote(org.person('flo'), asked.id, approve(asked))).status).toBe('pending');
  expect((await castVote(org.person('leo'), asked.id, approve(asked))).status).toBe('approved');
});

test('One rejection ends it, its reason reaches the agent, and later votes are refused', async () => {
  const org = await makeOrg();
  const asked = await org.ask(large);
  await castVote(org.person('fay'), asked.id, approve(asked));
  expect((await castVote(org.person('finn'), asked.id, reject(asked))).status).toBe('rejected');
  await expect(castVote(org.person('flo'), asked.id, approve(asked))).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(await readRequest(org.agent, asked.id)).toMatchObject({
    status: 'rejected',
    feedback: 'Not like this',
  });
  expect(await eventsOf(org.id, asked.id)).toEqual([
    'approval.requested',
    'approval.voted',
    'approval.voted',
    'approval.rejected',
  ]);
});

test('A rejection without a reason is refused and leaves no vote', async () => {
  const org = await makeOrg();
  const asked = await org.ask();
  const vote = castVote(org.person('fay'), asked.id, { ...reject(asked), reason: '  ' });
  await expect(vote).rejects.toMatchObject({ code: 'unprocessable' });
  expect(await eventsOf(org.id, asked.id)).toEqual(['approval.requested']);
});

test('When a rejection meets the last approval, exactly one of them decides', async () => {
  const org = await makeOrg();
  const rounds = 60;
  const seen: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    const asked = await org.ask({ payload: { amount: 5000, round } });
    await castVote(org.person('fay'), asked.id, approve(asked));
    const votes = [
      () => castVote(org.person('finn'), asked.id, approve(asked)),
      () => castVote(org.person('flo'), asked.id, reject(asked)),
    ];
    if (round % 2 === 1) votes.reverse();
    const settled = await Promise.allSettled(votes.map((vote) => vote()));
    const { status } = await readRequest(org.agent, asked.id);
    const answers = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value.status] : []));
    expect(answers).toEqual([status]);
    const decisions = (await eventsOf(org.id, asked.id)).filter((type) => /granted|rejected/.test(type));
    expect(decisions).toEqual([status === 'approved' ? 'approval.granted' : 'approval.rejected']);
    seen[status] = (seen[status] ?? 0) + 1;
  }
  console.info(`approve against reject: ${rounds} races, ${JSON.stringify(seen)}, 0 with two decisions`);
});

test('An edit makes a new revision, and what was voted on the old one no longer counts', async () => {
  const org = await makeOrg();
  const asked = await org.ask(large);
  await castVote(org.person('fay'), asked.id, approve(asked));
  const payload = { amount: 4000, to: 'DE89', note: 'april' };
  const edit = await castVote(org.person('finn'), asked.id, approve(asked, { payload }));
  expect(edit.status).toBe('pending');
  const edited = await readRequest(org.agent, asked.id);
  expect(edited).toMatchObject({ revision: 2, edited: true, payload, status: 'pending' });
  expect(edited.approval?.requirements).toMatchObject([{ from: 'group:finance', count: 2, met: 1 }]);
  const stale = castVote(org.person('flo'), asked.id, approve(asked));
  await expect(stale).rejects.toMatchObject({ code: 'conflict', details: { reason: 'payload_changed' } });
  const mixed = castVote(org.person('flo'), asked.id, approve(edited, { payloadHash: asked.payloadHash }));
  await expect(mixed).rejects.toMatchObject({ code: 'conflict' });
  expect((await castVote(org.person('flo'), asked.id, approve(edited))).status).toBe('approved');
  expect(await eventsOf(org.id, asked.id)).toEqual([
    'approval.requested',
    'approval.voted',
    'approval.edited',
    'approval.voted',
    'approval.voted',
    'approval.granted',
  ]);
});

test('A field that is not editable, a changed type and an edit beside a rejection are refused whole', async () => {
  const org = await makeOrg();
  const asked = await org.ask(large);
  const edits = [
    { ...large.payload, to: 'DE90' },
    { ...large.payload, amount: '4000' },
    { ...large.payload, more: true },
    { amount: 4000, note: 'x' },
  ];
  for (const payload of edits) {
    const edit = castVote(org.person('fay'), asked.id, approve(asked, { payload }));
    await expect(edit, JSON.stringify(payload)).rejects.toMatchObject({ code: 'unprocessable' });
  }
  const both = castVote(org.person('fay'), asked.id, {
    ...reject(asked),
    payload: { ...large.payload, amount: 1 },
  });
  await expect(both).rejects.toMatchObject({ code: 'unprocessable' });
  expect(await readRequest(org.agent, asked.id)).toMatchObject({ revision: 1, payload: large.payload });
  expect(await eventsOf(org.id, asked.id)).toEqual(['approval.requested']);
});

test('An edit over a tier is judged by that tier, and one that policy denies is refused', async () => {
  const org = await makeOrg();
  const asked = await org.ask();
  const payload = { ...(asked.payload as AuthorizeBody['payload']), amount: 20_000 }; // what was just asked
  expect((await castVote(org.person('fay'), asked.id, approve(asked, { payload }))).status).toBe('pending');
  const edited = await readRequest(org.agent, asked.id);
  expect(edited.risk).toBe('high');
  expect(edited.approval?.requirements).toMatchObject([{ from: 'group:finance', count: 2, met: 1 }]);
  const denied = approve(edited, { payload: { ...payload, amount: 200_000 } });
  await expect(castVote(org.person('finn'), asked.id, denied)).rejects.toMatchObject({
    code: 'unprocessable',
  });
  expect((await castVote(org.person('finn'), asked.id, approve(edited))).status).toBe('approved');
});

test('At high risk whoever edited the payload is not its only approver', async () => {
  const org = await makeOrg({
    policy: usualPolicy.replace(
      'approvals: [{ from: group:finance, count: 2 }]',
      'approvals: [{ from: group:finance, count: 1 }]',
    ),
  });
  const asked = await org.ask(large);
  const payload = { ...large.payload, amount: 4999 };
  expect((await castVote(org.person('fay'), asked.id, approve(asked, { payload }))).status).toBe('pending');
  const edited = await readRequest(org.agent, asked.id);
  expect((await castVote(org.person('finn'), asked.id, approve(edited))).status).toBe('approved');
});

test('The initiator, the owner of an agent without a proven one, and people outside the groups are refused', async () => {
  const org = await makeOrg();
  const own = await org.ask({ ...large, initiator: 'FAY@acme.test' });
  const cases: [who: string, said: RegExp][] = [
    ['fay', /asked for this/],
    ['agata', /agent is yours/],
    ['sam', /group finance/],
    ['olga', /group finance/],
  ];
  for (const [who, said] of cases) {
    const vote = castVote(org.person(who), own.id, approve(own));
    await expect(vote, who).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(said),
    });
  }
  await expect(castVote(org.agent, own.id, approve(own))).rejects.toThrow('request.decide');
  const decidingAgent: Context = { ...org.agent, permissions: org.admin.permissions };
  await expect(castVote(decidingAgent, own.id, approve(own))).rejects.toThrow('only a person votes');
  expect(await eventsOf(org.id, own.id)).toEqual(['approval.requested']);
});

test("The agent's owner may vote once someone else among the members is proven to have asked", async () => {
  const org = await makeOrg();
  const keyOf = async (initiator: string) => {
    const { id } = await createApiKey(org.admin, { agentId: org.agentId, initiator });
    const answer = await submitRequest(
      agentContext(org.id, org.agentId, id, { initiator }),
      { action: 'payment.send', payload: { amount: 80, initiator } },
      null,
    );
    const view: AgentRequestView = JSON.parse(answer.body); // written by the verb just called
    return castVote(org.person('agata'), view.id, approve(view));
  };
  expect((await keyOf('fay@acme.test')).status).toBe('approved');
  await expect(keyOf('stranger@elsewhere.test')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(keyOf('agata@acme.test')).rejects.toMatchObject({ code: 'forbidden' });
});

test('A suspended member, and one removed from the group, is refused; their earlier vote stops counting', async () => {
  const org = await makeOrg();
  const asked = await org.ask(large);
  await castVote(org.person('fay'), asked.id, approve(asked));
  await removeGroupMember(org.admin, { group: 'finance', memberId: org.memberId('fay') });
  expect((await castVote(org.person('finn'), asked.id, approve(asked))).status).toBe('pending');
  await suspendMember(org.admin, org.memberId('flo'));
  await expect(castVote(org.person('flo'), asked.id, approve(asked))).rejects.toMatchObject({
    code: 'forbidden',
    message: 'Your membership is suspended.',
  });
  const fresh = await org.ask();
  await expect(castVote(org.person('fay'), fresh.id, approve(fresh))).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('Whoever loses their right while their vote waits for the lock is refused', async () => {
  const org = await makeOrg();
  const removals: [string, () => Promise<unknown>][] = [
    ['fay', () => suspendMember(org.admin, org.memberId('fay'))],
    ['finn', () => removeGroupMember(org.admin, { group: 'finance', memberId: org.memberId('finn') })],
  ];
  for (const [who, remove] of removals) {
    const asked = await org.ask();
    const vote = whileWaiting(asked, () => castVote(org.person(who), asked.id, approve(asked)), remove);
    await expect(vote, who).rejects.toMatchObject({ code: 'forbidden' });
    expect(await eventsOf(org.id, asked.id)).toEqual(['approval.requested']);
  }
});

test('A vote is late by the clock of the database alone, also when the deadline passes while it waits', async () => {
  const org = await makeOrg();
  const asked = await org.ask();
  const crossing = await org.ask();
  const lapse = (view: AgentRequestView, inMilliseconds: number) =>
    moveData(`UPDATE requests SET expires_at = clock_timestamp() + $2 * interval '1 ms' WHERE id = $1`, [
      fromWire('req', view.id),
      inMilliseconds,
    ]);
  await lapse(asked, 0);
  await expect(castVote(org.person('fay'), asked.id, approve(asked))).rejects.toMatchObject({
    code: 'conflict',
    details: { status: 'expired' },
  });
  expect((await readRequest(org.agent, asked.id)).status).toBe('expired');
  await expect(cancelRequest(org.agent, asked.id, {})).rejects.toMatchObject({ code: 'conflict' });
  await lapse(crossing, 300);
  const vote = whileWaiting(
    crossing,
    () => castVote(org.person('fay'), crossing.id, approve(crossing)),
    () => new Promise((resolve) => setTimeout(resolve, 350)),
  );
  await expect(vote).rejects.toMatchObject({ code: 'conflict', details: { status: 'expired' } });
  const id = fromWire('req', asked.id) ?? '';
  expect(await Promise.all([expireRequest(org.admin, id), expireRequest(org.admin, id)])).toContain(true);
  expect(await eventsOf(org.id, asked.id)).toEqual(['approval.requested', 'approval.expired']);
});

test('A critical request takes two of its group who joined before it, each with a reason', async () => {
  const org = await makeOrg();
  const asked = await org.ask({ action: 'key.revoke' });
  expect(asked.risk).toBe('critical');
  await addGroupMember(org.admin, { group: 'security', memberId: org.memberId('leo') });
  const reason = 'Seen in the incident log';
  const vote = (who: string, said?: string) =>
    castVote(org.person(who), asked.id, approve(asked, { reason: said }));
  await expect(vote('sam')).rejects.toMatchObject({ code: 'unprocessable' });
  await expect(vote('sam', 'ok')).rejects.toMatchObject({ code: 'unprocessable' });
  await expect(vote('leo', reason)).rejects.toMatchObject({ code: 'forbidden' });
  expect((await vote('sam', reason)).status).toBe('pending');
  expect((await vote('sue', reason)).status).toBe('approved');
});

test('What the policy in force denies by now is rejected instead of voted on', async () => {
  const org = await makeOrg();
  const asked = await org.ask();
  await org.publish(usualPolicy.replace('payload.amount: { gt: 100000 }', 'payload.amount: { gt: 10 }'));
  const outcome = await castVote(org.person('fay'), asked.id, approve(asked));
  expect(outcome).toMatchObject({ status: 'rejected', refused: expect.stringContaining('now denies') });
  expect(await eventsOf(org.id, asked.id)).toEqual(['approval.requested', 'approval.rejected']);
});

test('A stricter policy published meanwhile asks for more people; a laxer one changes nothing', async () => {
  const org = await makeOrg();
  const [stricter, laxer] = [await org.ask(), await org.ask(large)];
  await org.publish(usualPolicy.replace('lte: 1000 }', 'lte: 10 }').replace('gt: 1000 }', 'gt: 10 }'));
  expect((await castVote(org.person('fay'), stricter.id, approve(stricter))).status).toBe('pending');
  expect((await castVote(org.person('finn'), stricter.id, approve(stricter))).status).toBe('approved');
  await org.publish(
    usualPolicy.replace('lte: 1000 }', 'lte: 100000 }').replace('gt: 1000 }', 'gt: 100000 }'),
  );
  expect((await castVote(org.person('fay'), laxer.id, approve(laxer))).status).toBe('pending');
});

test('An edit is judged by the documents it was opened under too, however lax those in force became', async () => {
  const org = await makeOrg();
  const asked = await org.ask(large);
  await org.publish(
    usualPolicy.replace('lte: 1000 }', 'lte: 100000 }').replace('gt: 1000 }', 'gt: 100000 }'),
  );
  const edited = { ...large.payload, amount: 5001 };
  expect((await castVote(org.person('fay'), asked.id, approve(asked, { payload: edited }))).status).toBe(
    'pending',
  );
  const fresh = await readRequest(org.agent, asked.id);
  expect(fresh.approval?.requirements).toMatchObject([{ from: 'group:finance', count: 2, met: 1 }]);
});

test('At high risk people who all edited do not approve among themselves', async () => {
  const org = await makeOrg();
  const asked = await org.ask(large);
  const note = (text: string) => ({ payload: { ...large.payload, note: text } });
  await castVote(org.person('fay'), asked.id, approve(asked, note('april')));
  const second = await readRequest(org.agent, asked.id);
  await castVote(org.person('finn'), asked.id, approve(second, note('may')));
  const third = await readRequest(org.agent, asked.id);
  expect((await castVote(org.person('fay'), asked.id, approve(third))).status).toBe('pending');
  expect((await castVote(org.person('flo'), asked.id, approve(third))).status).toBe('approved');
});

test('A stricter verdict shortens the time that is left, and nothing lengthens it', async () => {
  const org = await makeOrg();
  const asked = await org.ask(large);
  await org.publish(usualPolicy.replaceAll('sla: 1h', 'sla: 5m').replaceAll('expires: 24h', 'expires: 10m'));
  await castVote(org.person('fay'), asked.id, approve(asked));
  const short = await readRequest(org.agent, asked.id);
  const minutes = (until?: string) => (Date.parse(until ?? '') - Date.now()) / 60_000;
  expect(minutes(short.approval?.dueAt)).toBeLessThan(6);
  expect(minutes(short.approval?.expiresAt)).toBeLessThan(11);
  expect(await eventsOf(org.id, asked.id)).toContain('approval.rejudged');
});

test('Someone whose role only reads does not decide, whatever groups they are in', async () => {
  const org = await makeOrg();
  const asked = await org.ask(large);
  await castVote(org.person('fay'), asked.id, approve(asked));
  await moveData(`UPDATE members SET role = 'auditor' WHERE id = ANY($1)`, [
    [org.memberId('fay'), org.memberId('finn')],
  ]);
  const refused = castVote(org.person('finn'), asked.id, approve(asked));
  await expect(refused).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('reads'),
  });
  expect((await castVote(org.person('flo'), asked.id, approve(asked))).status).toBe('pending');
});

test('The same approval sent with the payload as it stands is the same vote', async () => {
  const org = await makeOrg();
  const asked = await org.ask(large);
  const same = approve(asked, { payload: large.payload });
  for (let time = 0; time < 2; time++) {
    expect((await castVote(org.person('fay'), asked.id, same)).status).toBe('pending');
  }
});

test('Nothing is decided while the organisation or the agent is stopped', async () => {
  const org = await makeOrg();
  const asked = await org.ask();
  const vote = () => castVote(org.person('fay'), asked.id, approve(asked));
  await stop(org, 'agents', true);
  await expect(vote()).rejects.toMatchObject({ code: 'forbidden' });
  await stop(org, 'agents', false);
  await stop(org, 'orgs', true);
  await expect(vote()).rejects.toMatchObject({ code: 'forbidden' });
  await stop(org, 'orgs', false);
  expect((await vote()).status).toBe('approved');
});

function stop(org: TestOrg, table: 'orgs' | 'agents', isStopped: boolean) {
  const column = table === 'orgs' ? 'id' : 'org_id';
  return moveData(`UPDATE ${table} SET stopped_at = CASE WHEN $2 THEN now() END WHERE ${column} = $1`, [
    org.id,
    isStopped,
  ]);
}

test('Requests that are none, or of another organisation, do not exist', async () => {
  const [org, other] = [await makeOrg(), await makeOrg()];
  const asked = await other.ask();
  for (const id of [asked.id, 'req_00000000000000000000000000', 'nonsense', '']) {
    const vote = async () => castVote(org.person('fay'), id, approve(asked));
    await expect(vote(), id).rejects.toMatchObject({ code: 'not_found' });
  }
});
