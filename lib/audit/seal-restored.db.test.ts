import { expect, test } from 'vitest';
import { look, makeOrg, moveData, type TestOrg, withConnection } from '@/lib/approvals/testing/test-org';
import { toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { appendEvent } from './append-event';
import type { SealerMemory } from './grow-log';
import { sealedHorizon } from './load-log';
import { runSealer } from './run-sealer';
import { sealEvents, sealLagSeconds } from './seal';

const unsealed = `SELECT FROM audit_events e WHERE org_id = $1 AND NOT EXISTS
  (SELECT FROM audit_seals s WHERE s.org_id = e.org_id AND s.event_id = e.event_id)`;

function append(org: TestOrg, count: number): Promise<string[]> {
  const subject = { type: 'member', id: toWire('mem', org.memberId('fay')) };
  return transact(org.admin, async (open) => {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) ids.push(await appendEvent(open, { type: 'member.suspended', subject }));
    return ids;
  });
}

/** Passes until the org has no event without a seal: transactions elsewhere may hold the horizon for a moment. */
async function sealAll(org: TestOrg, memory: SealerMemory = new Map()): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    for (const [grown, frontier] of await sealEvents(memory)) memory.set(grown, frontier);
    if ((await look(unsealed, [org.id])).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the events were not sealed');
}

async function sealedOrder(org: TestOrg): Promise<string[]> {
  const rows = await look<{ id: string; sequence: number }>(
    'SELECT event_id AS id, sequence::int AS sequence FROM audit_seals WHERE org_id = $1 ORDER BY sequence',
    [org.id],
  );
  expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, index) => index));
  return rows.map((row) => row.id);
}

/** What pg_dump and restore do: the rows keep the ids of a server that had counted a million further. */
async function asRestored(): Promise<void> {
  await moveData(`UPDATE audit_events SET xid = (xid::text::bigint + 1000000)::text::xid8`);
  await moveData(`UPDATE seal_cursor SET horizon = (horizon::text::bigint + 1000000)::text::xid8`);
}

async function currentXid(): Promise<bigint> {
  const [row] = await look<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid');
  return BigInt(row?.xid ?? 0);
}

test('A record restored to a server that counts from below is sealed whole, old events before new ones', async () => {
  const org = await makeOrg();
  const before = await append(org, 300);
  await sealAll(org);
  const waited = await append(org, 5);
  await asRestored();
  // Some of the old ids are those that this server gives out next.
  await moveData(
    `UPDATE audit_events SET xid = (pg_current_xact_id()::text::bigint + 2 + n % 20)::text::xid8
       FROM unnest($2::uuid[]) WITH ORDINALITY AS given (id, n) WHERE org_id = $1 AND event_id = id`,
    [org.id, before.slice(0, 100)],
  );
  const early = await append(org, 4);
  const memory: SealerMemory = new Map();
  await sealAll(org, memory);
  expect((await sealedOrder(org)).slice(-9)).toEqual([...waited, ...early]);
  for (let round = 0; round < 30; round++) {
    const later = await append(org, 2);
    await sealAll(org, memory);
    expect((await sealedOrder(org)).slice(-2)).toEqual(later);
  }
  expect(BigInt(await sealedHorizon())).toBeLessThanOrEqual(await currentXid());
  expect(await sealLagSeconds()).toBeLessThan(2);
}, 60_000);

test('A restored backlog that begins before and ends beyond what this server counted waits for nothing', async () => {
  const org = await makeOrg();
  await sealAll(org);
  const [first, second] = [await append(org, 3), await append(org, 3)];
  await moveData(
    `UPDATE audit_events SET xid = (xid::text::bigint + 5000000)::text::xid8 WHERE event_id = ANY($1::uuid[])`,
    [second],
  );
  const early = await append(org, 2);
  await sealEvents(new Map());
  expect((await sealedOrder(org)).slice(-8)).toEqual([...first, ...second, ...early]);
  await sealAll(org);
}, 30_000);

test('A restored backlog larger than a pass is sealed in one transaction', async () => {
  const org = await makeOrg();
  await sealAll(org);
  const count = 20_500;
  await moveData(
    `INSERT INTO audit_events (org_id, at, event_id, type, actor_kind, actor_id, subject_type, subject_id, entry, leaf, mac, mac_key_id)
     SELECT $1, now(), gen_random_uuid(), 'member.suspended', 'system', 'system', 'member', 'x', '\\x', sha256(n::text::bytea), '\\x', 'k'
       FROM generate_series(1, $2) AS n`,
    [org.id, count],
  );
  await asRestored();
  const early = await append(org, 1);
  await sealEvents(new Map());
  expect((await look(unsealed, [org.id])).length).toBeLessThanOrEqual(1);
  await sealAll(org);
  expect((await sealedOrder(org)).at(-1)).toBe(early[0]);
}, 60_000);

test('The sealer says once that an open transaction holds it back for over two seconds, and once that it is over', async () => {
  const org = await makeOrg();
  await sealAll(org);
  const said: string[] = [];
  const warn = console.warn;
  console.warn = (text: string) => said.push(text);
  const stop = runSealer();
  try {
    await withConnection(process.env.TEST_SUPERUSER_DATABASE_URL ?? '', async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT pg_current_xact_id()');
      await append(org, 3);
      await until(() => said.length > 0);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await client.query('COMMIT');
    });
    await until(() => said.length > 1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
  } finally {
    await stop();
    console.warn = warn;
  }
  expect(said).toEqual([
    expect.stringMatching(/^the oldest unsealed event is [2-9]\.\d s old/),
    'sealing has caught up',
  ]);
}, 30_000);

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300 && !isSo(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
}
