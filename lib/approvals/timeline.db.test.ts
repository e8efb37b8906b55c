import { expect, test } from 'vitest';
import { fromWire, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { castVote } from './cast-vote';
import { readRequest } from './read-request';
import { recordRefusal } from './record-refusal';
import { contextOfToken, redeemToken, verifyToken } from './redeem-token';
import type { TimelineEntry } from './schema';
import { makeOrg, moveData, type TestOrg } from './testing/test-org';
import { loadTimeline } from './timeline';

const timelineOf = (org: TestOrg, id: string): Promise<TimelineEntry[]> =>
  transact(org.admin, (open) => loadTimeline(open, fromWire('req', id) ?? ''));

test('Runs of refusals and verifications are told once with their number, and other people end a run', async () => {
  const org = await makeOrg();
  const { id, revision, payloadHash, payload } = await org.ask();
  for (const [name, times] of [
    ['sam', 3],
    ['sue', 1],
    ['sam', 2],
  ] as const)
    for (let n = 0; n < times; n++) await recordRefusal(org.person(name), id, `No ${n}`);
  await castVote(org.person('fay'), id, { verdict: 'approve', revision, payloadHash });
  const token = (await readRequest(org.agent, id)).token ?? '';
  for (let n = 0; n < 4; n++) await verifyToken({ token, payload }, 'test');
  const { ctx, claims } = contextOfToken(token, payload, 'test');
  await redeemToken(ctx, claims);
  const told = await timelineOf(org, id);
  expect(told.map(({ actor, text, note }) => [actor.name, text, note])).toEqual([
    ['clerk', 'asked for approval', undefined],
    ['sam', 'tried to decide and was refused (3 times)', 'No 2'],
    ['sue', 'tried to decide and was refused', 'No 0'],
    ['sam', 'tried to decide and was refused (2 times)', 'No 1'],
    ['fay', 'approved', undefined],
    ['fay', 'Approved', undefined],
    ['Countersign', 'Approval token verified (4 times)', undefined],
    ['Countersign', 'Approval used', undefined],
  ]);
});

test('Hundreds of refusals by many people, before or after, hide neither the grant nor what came of it', async () => {
  const org = await makeOrg();
  const { id, revision, payloadHash } = await org.ask();
  const flood = (from: number) =>
    moveData(
      `INSERT INTO audit_events (org_id, at, event_id, type, actor_kind, actor_id, subject_type, subject_id, request_id, entry, leaf, mac, mac_key_id)
       SELECT $1, clock_timestamp(), gen_random_uuid(), 'approval.refused', 'member', CASE n % 2 WHEN 0 THEN $3 ELSE $4 END,
              'request', $5, $2, '{}', sha256(n::text::bytea), '\\x', 'k'
         FROM generate_series($6::int, $6::int + 599) AS n`,
      [
        org.id,
        fromWire('req', id),
        toWire('mem', org.memberId('sam')),
        toWire('mem', org.memberId('sue')),
        id,
        from,
      ],
    );
  await flood(0);
  await castVote(org.person('fay'), id, { verdict: 'approve', revision, payloadHash });
  await flood(600);
  const types = (await timelineOf(org, id)).map((entry) => entry.type);
  expect(types.slice(0, 3)).toEqual(['approval.requested', 'approval.voted', 'approval.granted']);
  expect(types.length).toBeLessThanOrEqual(503);
  expect(new Set(types.slice(3))).toEqual(new Set(['approval.refused']));
});
