import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { lockRequest } from '@/lib/approvals/load-request';
import { look, makeOrg, type TestOrg, withConnection } from '@/lib/approvals/testing/test-org';
import { connectionOf, database } from '@/lib/kernel/database';
import { fromWire, newId, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import type { PrismaClient } from '@/prisma/generated/client';
import { appendEvent } from './append-event';
import { logOrigin, ownVerifier } from './checkpoint-key';
import type { SealerMemory } from './grow-log';
import { loadCheckpoints, loadTile, sealedEvents } from './load-log';
import { macKey } from './mac-key';
import { openCheckpoint } from './rules/checkpoint';
import { appendLeaf, EMPTY_FRONTIER, frontierRoot } from './rules/merkle';
import { type LogReport, verifyLog } from './rules/verify-log';
import { runSealer } from './run-sealer';
import { sealEvents, signLog, unsignedLogs } from './seal';

const superuserUrl = process.env.TEST_SUPERUSER_DATABASE_URL ?? '';
const store = globalThis as unknown as Record<symbol, PrismaClient>; // where the kernel keeps its clients
const sealerClient = Symbol.for('countersign.database.sealer');
const clients: PrismaClient[] = [];

afterAll(() => Promise.all(clients.map((client) => client.$disconnect())));

/** A sealer with a connection and a memory of its own, as another process has. */
function newSealer(): { pass: () => Promise<number>; memory: SealerMemory } {
  const before = store[sealerClient];
  delete store[sealerClient];
  const own = database('sealer');
  clients.push(own);
  if (before) store[sealerClient] = before;
  const memory: SealerMemory = new Map();
  const pass = async () => {
    store[sealerClient] = own;
    const grown = await sealEvents(memory);
    for (const [org, frontier] of grown) memory.set(org, frontier);
    return grown.size;
  };
  return { pass, memory };
}

/** Passes until what is committed by now is sealed. */
async function sealAll(sealer = newSealer()): Promise<SealerMemory> {
  const [row] = await look<{ now: string }>('SELECT pg_current_xact_id()::text AS now');
  for (;;) {
    await sealer.pass();
    const [cursor] = await look<{ done: boolean }>('SELECT horizon >= $1::xid8 AS done FROM seal_cursor', [
      row?.now,
    ]);
    if (cursor?.done) return sealer.memory;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const append = (org: TestOrg, count = 1, fails = false) =>
  transact(org.admin, async (open) => {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const subject = { type: 'member', id: toWire('mem', org.memberId('fay')) };
      ids.push(await appendEvent(open, { type: 'member.suspended', subject, detail: { n } }));
    }
    if (fails) throw new Error('rolled back on purpose');
    return ids;
  });

async function sealsOf(org: TestOrg): Promise<{ sequence: number; id: string }[]> {
  return look<{ sequence: number; id: string }>(
    'SELECT sequence::int AS sequence, event_id AS id FROM audit_seals WHERE org_id = $1 ORDER BY sequence',
    [org.id],
  );
}

/** Everything the record can be held against, by the same verifier an auditor runs. */
async function verified(org: TestOrg): Promise<LogReport> {
  const { latest, earlier } = await loadCheckpoints(org.admin);
  const rows = (async function* () {
    for await (const { row } of sealedEvents(org.admin, (sequence) =>
      expect.fail(`event ${sequence} is lost`),
    ))
      yield row;
  })();
  return verifyLog({
    org: toWire('org', org.id),
    origin: logOrigin(org.id),
    rows,
    verifiers: [ownVerifier()],
    checkpoint: latest,
    earlierCheckpoints: earlier,
    macKey: (id) => macKey(id, org.id) ?? undefined,
    tile: (place) => loadTile(org.admin, place),
  });
}

async function expectSealed(org: TestOrg, extra: string[] = []): Promise<number> {
  const seals = await sealsOf(org);
  expect(seals.map((seal) => seal.sequence)).toEqual(seals.map((_, index) => index));
  const events = await look<{ id: string }>('SELECT event_id AS id FROM audit_events WHERE org_id = $1', [
    org.id,
  ]);
  expect(new Set(seals.map((seal) => seal.id))).toEqual(new Set(events.map((event) => event.id)));
  const sealed = new Set(seals.map((seal) => seal.id));
  expect(extra.filter((id) => !sealed.has(id))).toEqual([]);
  return seals.length;
}

test('While eight writers commit and roll back, two sealers number every event once, densely, without a fork', async () => {
  const orgs = [await makeOrg(), await makeOrg(), await makeOrg()];
  const sealers = [newSealer(), newSealer()];
  const committed: string[] = [];
  let [writing, rolledBack, passes] = [true, 0, 0];
  const writer = async (seed: number) => {
    for (let round = 0; round < 60; round++) {
      const org = orgs[(seed + round) % 3];
      if (!org) continue;
      const fails = (seed * 7 + round * 3) % 5 === 0;
      const ids = await append(org, 1 + ((seed + round) % 9), fails).catch(() => null);
      if (ids) committed.push(...ids);
      else rolledBack++;
    }
  };
  const sealing = sealers.map(async ({ pass, memory }, index) => {
    while (writing) {
      await pass();
      passes++;
      for (const [org, frontier] of memory)
        if ((passes + index) % 3 === 0) await signLog(org, frontier).catch(isOlder);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  await Promise.all(Array.from({ length: 8 }, (_, seed) => writer(seed)));
  writing = false;
  await Promise.all(sealing);
  await sealAll(sealers[0]);
  for (const [org, frontier] of await unsignedLogs()) await signLog(org, frontier);
  let events = 0;
  for (const org of orgs) {
    events += await expectSealed(org);
    const report = await verified(org);
    expect(report).toMatchObject({ ok: true, firstBad: null });
    expect(report.signed).toBe(report.events);
  }
  const sealed = new Set((await Promise.all(orgs.map(sealsOf))).flat().map((seal) => seal.id));
  expect(committed.filter((id) => !sealed.has(id))).toEqual([]);
  console.info(
    `sealing: ${events} events of 3 orgs in ${passes} passes of 2 sealers, ${rolledBack} transactions rolled back, 0 gaps`,
  );
}, 60_000);

/** Another sealer has signed a longer log meanwhile: refusing is right. */
function isOlder(error: unknown): void {
  expect(String(error)).toContain('were signed');
}

test('Without the lock the unique keys still stop a fork; control: without them there is one', async () => {
  const org = await makeOrg();
  await sealAll();
  const next = (await sealsOf(org)).length;
  const seal = (table: string) =>
    `INSERT INTO ${table} (org_id, sequence, event_id, event_at, leaf) VALUES ($1, $2, $3, now(), '\\x00')`;
  const race = async (url: string, table: string): Promise<string[]> => {
    const rivals = await Promise.all(
      [1, 2].map(async () => {
        const client = new Client({ connectionString: url });
        await client.connect();
        await client.query('BEGIN');
        return client;
      }),
    );
    const ends = Promise.allSettled(
      rivals.map(async (client) => {
        await client.query(seal(table), [org.id, next, newId()]);
        await new Promise((resolve) => setTimeout(resolve, 50));
        await client.query('COMMIT');
      }),
    );
    const settled = await ends;
    await Promise.all(rivals.map((client) => client.end()));
    return settled
      .map((each) => (each.status === 'fulfilled' ? 'committed' : String(each.reason.code)))
      .sort();
  };
  const ownerUrl = process.env.TEST_OWNER_DATABASE_URL ?? '';
  await withConnection(ownerUrl, (client) =>
    client.query(
      'CREATE TABLE control_seals (org_id uuid, sequence bigint, event_id uuid, event_at timestamptz, leaf bytea)',
    ),
  );
  const control = await race(ownerUrl, 'control_seals');
  await withConnection(ownerUrl, (client) => client.query('DROP TABLE control_seals'));
  const kept = await race(process.env.SEALER_DATABASE_URL ?? '', 'audit_seals');
  console.info(`fork: with unique keys ${kept.join(' and ')}, without them ${control.join(' and ')}`);
  expect(kept).toEqual(['23505', 'committed']);
  expect(control).toEqual(['committed', 'committed']);
  await removeSeal(org, next);
});

/** Takes a seal that stands for no event away again. */
function removeSeal(org: TestOrg, sequence: number) {
  return withConnection(superuserUrl, async (client) => {
    await client.query('SET session_replication_role = replica');
    await client.query('DELETE FROM audit_seals WHERE org_id = $1 AND sequence = $2', [org.id, sequence]);
  });
}

test('What waited for a lock stands after what held it, whichever transaction is the older', async () => {
  const org = await makeOrg();
  const sealer = newSealer();
  const rounds = 24;
  for (let round = 0; round < rounds; round++) {
    const id = fromWire('req', (await org.ask()).id) ?? '';
    let locked = () => {};
    const isLocked = new Promise<void>((resolve) => {
      locked = resolve;
    });
    let released = () => {};
    const isReleased = new Promise<void>((resolve) => {
      released = resolve;
    });
    const subject = { type: 'request', id: toWire('req', id) };
    let writes = () => {};
    const hasWritten = new Promise<void>((resolve) => {
      writes = resolve;
    });
    const waiting = transact(org.admin, async (open) => {
      // A first write gives this transaction its number, in half of the rounds before the other has one.
      if (round % 2 === 0)
        await open.db.$executeRaw`INSERT INTO rate_windows VALUES (${org.id}::uuid, ${newId()}, now(), 1)`;
      writes();
      await isLocked;
      if (round % 2 === 1)
        await open.db.$executeRaw`INSERT INTO rate_windows VALUES (${org.id}::uuid, ${newId()}, now(), 1)`;
      const { ctx } = await lockRequest(open, id);
      return appendEvent(ctx, { type: 'approval.refused', subject });
    });
    await hasWritten;
    const holding = transact(org.admin, async (open) => {
      const { ctx } = await lockRequest(open, id);
      locked();
      await isReleased;
      return appendEvent(ctx, { type: 'audit.revealed', subject });
    });
    await isLocked;
    await new Promise((resolve) => setTimeout(resolve, 15));
    await sealer.pass();
    released();
    const first = await holding;
    await sealer.pass();
    const second = await waiting;
    await sealAll(sealer);
    const order = (await sealsOf(org)).filter((seal) => seal.id === first || seal.id === second);
    expect(order.map((seal) => seal.id)).toEqual([first, second]);
  }
  console.info(`causal order: ${rounds} pairs that met at a lock, 0 out of order`);
}, 60_000);

test('Versions published one after the other stand in that order, though the later one began first', async () => {
  const org = await makeOrg();
  const rounds = 6;
  for (let round = 0; round < rounds; round++) {
    const text = (name: string) => `version: 1\nname: ${name}${round}\ndefault: deny`;
    await Promise.all(Array.from({ length: 6 }, (_, n) => org.publish(text(`n${n}`), `doc-${round}-${n}`)));
  }
  await sealAll();
  // The org counts its publications under the lock they all wait for.
  const rows = await look<{ serial: number }>(
    `SELECT (d.body::jsonb -> 'serial')::int AS serial FROM audit_seals s
       JOIN audit_events e ON e.org_id = s.org_id AND e.at = s.event_at AND e.event_id = s.event_id
       JOIN audit_details d ON d.org_id = e.org_id AND d.event_id = e.event_id
      WHERE s.org_id = $1 AND e.type = 'policy.published' ORDER BY s.sequence`,
    [org.id],
  );
  expect(rows.map((row) => row.serial)).toEqual(Array.from({ length: rounds * 6 + 1 }, (_, n) => n + 1));
});

test('Signed checkpoints hold under the published key and say the root of exactly their events', async () => {
  const org = await makeOrg();
  const memory = await sealAll();
  const frontier = memory.get(org.id);
  if (!frontier) throw new Error('nothing was sealed');
  await signLog(org.id, frontier);
  await signLog(org.id, frontier);
  const notes = await look<{ note: string; size: string; root: Buffer }>(
    'SELECT note, size, root FROM audit_checkpoints WHERE org_id = $1',
    [org.id],
  );
  expect(notes).toHaveLength(1);
  const opened = openCheckpoint(notes[0]?.note ?? '', ownVerifier());
  expect(opened).toEqual({ origin: logOrigin(org.id), size: frontier.size, root: frontierRoot(frontier) });
  const leaves = await look<{ leaf: Buffer }>(
    'SELECT leaf FROM audit_seals WHERE org_id = $1 ORDER BY sequence',
    [org.id],
  );
  const recomputed = leaves.reduce((grown, { leaf }) => appendLeaf(grown, leaf), EMPTY_FRONTIER);
  expect(frontierRoot(recomputed)).toEqual(opened.root);
});

test('A log shorter than what was signed is refused a signature', async () => {
  const org = await makeOrg();
  const frontier = (await sealAll()).get(org.id);
  if (!frontier) throw new Error('nothing was sealed');
  await signLog(org.id, frontier);
  const shorter = appendLeaf(EMPTY_FRONTIER, Buffer.alloc(32, 1));
  await expect(signLog(org.id, shorter)).rejects.toThrow('were signed');
  const rows = await look('SELECT size FROM audit_checkpoints WHERE org_id = $1', [org.id]);
  expect(rows).toEqual([{ size: String(frontier.size) }]);
});

test('A sealer killed in mid-pass loses nothing, and one with a wrong memory rebuilds it', async () => {
  const org = await makeOrg();
  await append(org, 300);
  const victim = newSealer();
  let kills = 0;
  for (; kills < 5; kills++) {
    await append(org, 3);
    await withConnection(superuserUrl, async (client) => {
      await client.query('BEGIN');
      await client.query('LOCK TABLE audit_seals IN SHARE MODE');
      // Transactions elsewhere in the cluster may hold the horizon back: it passes until it has something to write.
      const passing = async () => {
        for (;;) await victim.pass();
      };
      const dying = Promise.allSettled([passing()]);
      await untilSealerWaits();
      await look(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'countersign_sealer'`,
      );
      expect((await dying)[0].status).toBe('rejected');
      await client.query('ROLLBACK');
    });
  }
  const wrong = newSealer();
  wrong.memory.set(org.id, appendLeaf(EMPTY_FRONTIER, Buffer.alloc(32, 9)));
  const frontier = (await sealAll(wrong)).get(org.id);
  if (!frontier) throw new Error('nothing was sealed');
  await signLog(org.id, frontier);
  const events = await expectSealed(org);
  expect(await verified(org)).toMatchObject({ ok: true, events });
  console.info(`sealer killed ${kills} times in mid-pass, ${events} events sealed once each`);
}, 60_000);

/** Asked on a connection of its own: a transaction sees one picture of the activity all along. */
async function untilSealerWaits(): Promise<void> {
  for (;;) {
    const waiting = await look(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = 'countersign_sealer' AND wait_event_type = 'Lock'`,
    );
    if (waiting.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('One transaction with more events than a pass takes is sealed whole', async () => {
  const org = await makeOrg();
  const count = 20_500;
  await withConnection(superuserUrl, (client) =>
    client.query(
      `INSERT INTO audit_events (org_id, at, event_id, type, actor_kind, actor_id, subject_type, subject_id, entry, leaf, mac, mac_key_id)
       SELECT $1, now(), gen_random_uuid(), 'member.suspended', 'system', 'system', 'member', 'x', '\\x', sha256(n::text::bytea), '\\x', 'k'
         FROM generate_series(1, $2) AS n`,
      [org.id, count],
    ),
  );
  await append(org, 2);
  const started = Date.now();
  await sealAll();
  const sealed = await expectSealed(org);
  expect(sealed).toBeGreaterThan(count);
  console.info(`sealing: ${count} events of one transaction in ${Date.now() - started} ms`);
}, 60_000);

test('The sealer that runs beside the server seals and signs by itself, and stops when told', async () => {
  const org = await makeOrg();
  const stop = runSealer();
  const ids = await append(org, 5);
  const started = Date.now();
  try {
    for (;;) {
      const rows = await look('SELECT FROM audit_checkpoints WHERE org_id = $1', [org.id]);
      if (rows.length > 0) break;
      if (Date.now() - started > 15_000) throw new Error('nothing was signed within fifteen seconds');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await stop();
  }
  await sealAll();
  await expectSealed(org, ids);
  const { latest } = await loadCheckpoints(org.admin);
  expect(openCheckpoint(latest ?? '', ownVerifier()).origin).toBe(logOrigin(org.id));
  await expect(database('sealer').$queryRaw`SELECT 1`).resolves.toBeDefined();
  await withConnection(connectionOf('sealer').connectionString, async (client) => {
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    expect(rows).toEqual([{ n: 0 }]);
  });
}, 30_000);
