import { expect, test } from 'vitest';
import { castVote } from '@/lib/approvals/cast-vote';
import { look, makeOrg, moveData, type TestOrg } from '@/lib/approvals/testing/test-org';
import { suspendMember } from '@/lib/identity/suspend-member';
import type { Context } from '@/lib/kernel/context';
import { toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { appendEvent } from './append-event';
import { showLogState } from './log-state';
import type { AuditFilters, EventPage } from './schema';
import { sealEvents, signLog, unsignedLogs } from './seal';
import { listFilterChoices, searchEvents } from './search-events';
import { showEvent } from './show-event';

const begin = (ctx: Context, filters: AuditFilters = {}): Promise<EventPage> =>
  searchEvents(ctx, { filters });

/** Every page of one search, as a reader gets them who presses “Load more” to the end. */
async function readAll(ctx: Context, filters: AuditFilters = {}, between?: () => Promise<unknown>) {
  let page = await begin(ctx, filters);
  const events = [...page.events];
  const sizes = [page.events.length];
  while (page.nextCursor) {
    await between?.();
    page = await searchEvents(ctx, { filters, cursor: page.nextCursor });
    events.push(...page.events);
    sizes.push(page.events.length);
  }
  return { events, sizes, search: page.search };
}

const append = (org: TestOrg, count: number) =>
  transact(org.admin, async (open) => {
    const subject = { type: 'member', id: toWire('mem', org.memberId('fay')) };
    for (let n = 0; n < count; n++)
      await appendEvent(open, { type: 'session.opened', subject, detail: { n } });
  });

const searched = (org: TestOrg) =>
  look<{ body: string }>(
    `SELECT d.body FROM audit_events e JOIN audit_details d ON d.org_id = e.org_id AND d.event_id = e.event_id
      WHERE e.org_id = $1 AND e.type = 'audit.searched' ORDER BY e.at, e.event_id`,
    [org.id],
  );

/** Seals and signs what is committed by now. */
async function seal(org: TestOrg): Promise<void> {
  await expect
    .poll(
      async () => {
        await sealEvents(new Map());
        const [row] = await look<{ left: number }>(
          `SELECT count(*)::int AS left FROM audit_events e WHERE org_id = $1 AND NOT EXISTS
            (SELECT FROM audit_seals s WHERE s.org_id = e.org_id AND s.event_id = e.event_id)`,
          [org.id],
        );
        return row?.left;
      },
      { timeout: 15_000 },
    )
    .toBe(0);
  for (const [log, frontier] of await unsignedLogs()) await signLog(log, frontier);
}

test('Pages follow each other without gap or double, though many events share a moment and more arrive', async () => {
  const org = await makeOrg();
  await append(org, 130);
  const before = await look<{ id: string }>(
    'SELECT event_id AS id FROM audit_events WHERE org_id = $1 ORDER BY at DESC, event_id DESC',
    [org.id],
  );
  const { events, sizes } = await readAll(org.admin, {}, () => append(org, 3));
  expect(events.map((event) => event.id)).toEqual(before.map(({ id }) => toWire('evt', id)));
  expect(sizes.slice(0, -1).every((size) => size === 50)).toBe(true);
});

test('A search is noted once with its filters, however many pages are read; reading on needs that search', async () => {
  const org = await makeOrg();
  await append(org, 120);
  const filters: AuditFilters = { type: 'session.opened' };
  const first = await begin(org.admin, filters);
  await readAll(org.admin, {});
  expect((await searched(org)).map(({ body }) => JSON.parse(body))).toEqual([{ filters }, { filters: {} }]);
  const cursor = first.nextCursor ?? '';
  expect((await searchEvents(org.admin, { filters, cursor })).events).toHaveLength(50);
  expect(await searched(org)).toHaveLength(2);
  const auditor = { ...org.person('fay'), permissions: org.admin.permissions };
  for (const [ctx, input] of [
    [auditor, { filters, cursor }],
    [org.admin, { filters: {}, cursor }],
    [org.admin, { filters, cursor: cursor.split('~')[0] }],
    [org.admin, { filters, cursor: 'nonsense' }],
  ] as const)
    await expect(searchEvents(ctx, input)).rejects.toMatchObject({ code: 'malformed' });
});

test('Every filter finds what it says and nothing else', async () => {
  const org = await makeOrg();
  const asked = await org.ask({ context: { runId: 'run-7' } });
  const other = await org.ask();
  const { id, revision, payloadHash } = asked;
  await castVote(org.person('fay'), id, { verdict: 'approve', revision, payloadHash });
  const typesFor = async (filters: AuditFilters) => (await readAll(org.admin, filters)).events;
  const agent = toWire('agt', org.agentId);
  expect((await typesFor({ request: id })).map(({ type }) => type)).toEqual(
    expect.arrayContaining(['approval.granted', 'approval.voted', 'approval.requested']),
  );
  expect((await typesFor({ request: id.toLowerCase() })).length).toBe(
    (await typesFor({ request: id })).length,
  );
  expect((await typesFor({ run: 'run-7' })).every((event) => event.request?.id === id)).toBe(true);
  expect((await typesFor({ agent })).map((event) => event.request?.id)).toContain(other.id);
  expect((await typesFor({ actor: agent })).map(({ type }) => type)).toEqual([
    'approval.requested',
    'approval.requested',
  ]);
  expect((await typesFor({ actor: toWire('mem', org.memberId('fay')) })).length).toBeGreaterThan(0);
  expect((await typesFor({ type: 'approval.voted' })).map(({ outcome }) => outcome)).toEqual(['approve']);
  expect(await typesFor({ action: 'payment.*' })).toHaveLength(
    (await typesFor({ action: 'payment.send' })).length,
  );
  expect(await typesFor({ action: 'payment' })).toEqual([]);
  expect((await typesFor({ status: 'approved' })).map(({ type }) => type)).toContain('approval.granted');
  const today = new Date().toISOString().slice(0, 10);
  expect((await typesFor({ from: today, to: today, type: 'org.created' })).length).toBe(1);
  expect(await typesFor({ to: '2020-01-01' })).toEqual([]);
});

test('Nobody without the right reads the record, and another org reads only its own', async () => {
  const [ours, theirs] = [await makeOrg(), await makeOrg()];
  const page = await begin(ours.admin);
  const id = page.events[0]?.id ?? '';
  const calls: (() => Promise<unknown>)[] = [
    () => begin(ours.person('fay')),
    () => showEvent(ours.person('fay'), id, page.search),
    () => showLogState(ours.person('fay')),
    () => listFilterChoices(ours.person('fay')),
  ];
  for (const call of calls) await expect((async () => call())()).rejects.toMatchObject({ code: 'forbidden' });
  const own = await begin(theirs.admin);
  const known = new Set(page.events.map((event) => event.id));
  expect(own.events.some((event) => known.has(event.id))).toBe(false);
  await expect(showEvent(theirs.admin, id, own.search)).rejects.toMatchObject({ code: 'not_found' });
  await expect(showEvent(theirs.admin, id, page.search)).rejects.toMatchObject({ code: 'malformed' });
});

test('A sealed event is proven up to the signed root; one that waits says so; a changed one is found', async () => {
  const org = await makeOrg();
  await append(org, 300);
  const waiting = await begin(org.admin);
  expect(waiting.events[0]).toMatchObject({ problem: null });
  await seal(org);
  const { events, search } = await readAll(org.admin);
  const sealed = events.filter((event) => event.sequence !== null);
  expect(sealed.length).toBeGreaterThan(300);
  for (const event of [sealed[0], sealed[40], sealed.at(-1)]) {
    const proven = await showEvent(org.admin, event?.id ?? '', search);
    expect(proven.checks.map(({ state }) => state)).toEqual(['holds', 'holds', 'holds']);
    expect(JSON.parse(proven.entry)).toMatchObject({ v: 1, eventId: event?.id });
  }
  const state = await showLogState(org.admin);
  expect(state).toMatchObject({ problem: null });
  expect(state.size).toBeGreaterThanOrEqual(sealed.length);
  await suspendMember(org.admin, org.memberId('sue'));
  const newest = (await begin(org.admin)).events[0];
  expect(newest).toMatchObject({ type: 'member.suspended', text: 'Member suspended', problem: null });

  const target = sealed[40];
  await moveData(
    `UPDATE audit_events SET entry = convert_to(replace(convert_from(entry, 'UTF8'), '"via":"web"', '"via":"job"'), 'UTF8')
      WHERE org_id = $1 AND event_id = (SELECT event_id FROM audit_seals WHERE org_id = $1 AND sequence = $2)`,
    [org.id, target?.sequence],
  );
  const changed = await showEvent(org.admin, target?.id ?? '', search);
  expect(changed.event.problem).toBe('entry was changed');
  expect(changed.checks[0]).toMatchObject({ state: 'fails', note: 'entry was changed' });
  await moveData('UPDATE audit_seals SET leaf = sha256(leaf) WHERE org_id = $1 AND sequence = $2', [
    org.id,
    sealed.at(-1)?.sequence,
  ]);
  const last = await showEvent(org.admin, sealed.at(-1)?.id ?? '', search);
  expect(last.event.problem).toBe('seal and leaf disagree');
  await moveData(
    `UPDATE audit_tiles SET hashes = sha256('x') || substr(hashes, 33) WHERE org_id = $1 AND level = 0 AND "index" = 0`,
    [org.id],
  );
  expect((await showLogState(org.admin)).problem).toMatch(/another root/);
  expect((await showEvent(org.admin, sealed[0]?.id ?? '', search)).checks[1]).toMatchObject({
    state: 'fails',
  });
});
