import { database } from '@/lib/kernel/database';
import type { Prisma } from '@/prisma/generated/client';
import { checkpointSigner, logOrigin } from './checkpoint-key';
import { growLogs, rebuildFrontier, type SealerMemory, type Unsealed } from './grow-log';
import { signCheckpoint } from './rules/checkpoint';
import { type Frontier, frontierRoot } from './rules/merkle';

type Db = Prisma.TransactionClient;
/** Transaction ids as the database writes them: where the walk stands, and the oldest one that still runs. */
type Limits = { from: string; to: string; wentBack: boolean; hasStrays: boolean };

const sealerLock = 7_210_012;
const largestPass = 20_000;
/** A backlog over many orgs takes longer than a person's call may. */
const sealerPatience = { maxWait: 10_000, timeout: 60_000 };

/**
 * Gives dense sequence numbers to all events whose transaction is older than every running one, extends each org's
 * tree and tiles, and commits. Answers with the orgs that grew; empty when another sealer works. Signing comes after.
 */
export function sealEvents(memory: SealerMemory): Promise<Map<string, Frontier>> {
  return database('sealer').$transaction(async (db) => {
    const [lock] = await db.$queryRaw<
      { held: boolean }[]
    >`SELECT pg_try_advisory_xact_lock(${sealerLock}::bigint) AS held`;
    if (!lock?.held) return new Map();
    const limits = await readLimits(db);
    if (limits?.wentBack || limits?.hasStrays) return sealRestored(db, limits, memory);
    if (!limits || limits.from === limits.to) return new Map();
    const { events, horizon } = await unsealed(db, limits);
    await moveHorizon(db, horizon);
    return growLogs(db, events, memory);
  }, sealerPatience);
}

/**
 * A database restored from a dump keeps the transaction ids of its old server, while the new server counts from its
 * own. Either shows: the walk stands where this server has not been, or an unsealed event comes from there.
 */
async function readLimits(db: Db): Promise<Limits | undefined> {
  const [limits] = await db.$queryRaw<Limits[]>`
    SELECT horizon::text AS "from", pg_snapshot_xmin(pg_current_snapshot())::text AS "to",
           horizon > pg_snapshot_xmin(pg_current_snapshot()) AS "wentBack",
           EXISTS (SELECT FROM (SELECT org_id, event_id FROM audit_events
                                 WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()) ORDER BY xid DESC LIMIT 1) e
                    WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.org_id = e.org_id AND s.event_id = e.event_id)
           ) AS "hasStrays"
      FROM seal_cursor WHERE id = 1 FOR UPDATE`;
  return limits;
}

/**
 * Events are read by transaction id and put in order by time: one that waited for another has the later clock.
 * What has its seal is passed over, as after a restore the walk comes by once more: one look each by LATERAL with
 * LIMIT, because a join would tempt the planner to read all seals.
 */
async function unsealed(db: Db, { from, to }: Limits): Promise<{ events: Unsealed[]; horizon: string }> {
  const rows = await db.$queryRaw<(Unsealed & { xid: string; sealed: boolean })[]>`
    SELECT e.org_id AS "orgId", e.event_id AS "eventId", e.at, e.leaf, e.xid::text AS xid, s.event_id IS NOT NULL AS sealed
      FROM (SELECT org_id, event_id, at, leaf, xid FROM audit_events
             WHERE xid >= ${from}::xid8 AND xid < ${to}::xid8 ORDER BY xid
             FETCH FIRST (${largestPass}::int) ROWS WITH TIES) e
      LEFT JOIN LATERAL (SELECT event_id FROM audit_seals WHERE org_id = e.org_id AND event_id = e.event_id LIMIT 1) s ON true
     ORDER BY e.xid`;
  const last = rows.at(-1);
  // A pass that is full ends after its last transaction, which it has whole; the next begins behind that.
  const horizon = last && rows.length >= largestPass ? String(BigInt(last.xid) + 1n) : to;
  const events = rows.filter((row) => !row.sealed);
  events.sort((a, b) => a.at.getTime() - b.at.getTime() || (a.eventId < b.eventId ? -1 : 1));
  return { events, horizon };
}

/**
 * Seals what a restored record brought unsealed: all of it lies where the walk stood or beyond, is committed, and is
 * older than whatever this server wrote. In one transaction, as afterwards nothing tells where the walk stood; then
 * the walk begins anew, because what this server wrote before the first pass lies behind it.
 */
async function sealRestored(
  db: Db,
  { from, to, wentBack }: Limits,
  memory: SealerMemory,
): Promise<Map<string, Frontier>> {
  await db.$executeRaw`SET LOCAL statement_timeout = '60s'`;
  const grown = new Map<string, Frontier>();
  let sealed = 0;
  for (;;) {
    const events = await db.$queryRaw<Unsealed[]>`
      SELECT org_id AS "orgId", event_id AS "eventId", at, leaf FROM audit_events e
       WHERE xid >= ${from}::xid8
         AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.org_id = e.org_id AND s.event_id = e.event_id)
       ORDER BY at, event_id LIMIT ${largestPass}`;
    for (const [org, frontier] of await growLogs(db, events, grown.size > 0 ? grown : memory))
      grown.set(org, frontier);
    sealed += events.length;
    if (events.length < largestPass) break;
  }
  await moveHorizon(db, wentBack ? '0' : to);
  console.warn(`the record was restored from a backup: ${sealed} events of it had no seal and have one now`);
  return grown;
}

async function moveHorizon(db: Db, horizon: string): Promise<void> {
  await db.$executeRaw`UPDATE seal_cursor SET horizon = ${horizon}::xid8 WHERE id = 1`;
}

/** Signs a log's root after its events are committed. Refuses a tree smaller than the last one signed. */
export async function signLog(org: string, frontier: Frontier): Promise<void> {
  const db = database('sealer');
  const [last] = await db.$queryRaw<{ size: bigint | null }[]>`
    SELECT max(size) AS size FROM audit_checkpoints WHERE org_id = ${org}::uuid`;
  const signed = Number(last?.size ?? 0);
  if (signed === frontier.size) return;
  if (signed > frontier.size)
    throw new Error(`the log of ${org} has ${frontier.size} events, ${signed} were signed`);
  const root = frontierRoot(frontier);
  const note = signCheckpoint({ origin: logOrigin(org), size: frontier.size, root }, checkpointSigner());
  await db.$executeRaw`INSERT INTO audit_checkpoints (org_id, size, root, note, signed_at)
    VALUES (${org}::uuid, ${frontier.size}, ${root}, ${note}, clock_timestamp()) ON CONFLICT DO NOTHING`;
}

/** Logs with events beyond their last checkpoint, as a sealer that starts finds them. */
export async function unsignedLogs(): Promise<Map<string, Frontier>> {
  const db = database('sealer');
  const rows = await db.$queryRaw<{ orgId: string; size: bigint }[]>`
    SELECT s.org_id AS "orgId", max(s.sequence) + 1 AS size FROM audit_seals s GROUP BY s.org_id
    HAVING max(s.sequence) + 1 > coalesce((SELECT max(c.size) FROM audit_checkpoints c WHERE c.org_id = s.org_id), 0)`;
  const logs = new Map<string, Frontier>();
  for (const { orgId, size } of rows) logs.set(orgId, await rebuildFrontier(db, orgId, Number(size)));
  return logs;
}

/**
 * Seconds for which the oldest event without a seal has waited, by the database's clock; 0 where none waits. Looks at
 * no more than one pass takes, so that it stays cheap before any backlog.
 */
export async function sealLagSeconds(): Promise<number> {
  const [row] = await database('sealer').$queryRaw<{ seconds: number }[]>`
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(e.at)), 0)::float8 AS seconds
      FROM (SELECT org_id, event_id, at FROM audit_events
             WHERE xid >= (SELECT horizon FROM seal_cursor WHERE id = 1) AND xid < pg_snapshot_xmax(pg_current_snapshot())
             ORDER BY xid LIMIT ${largestPass}) e
      LEFT JOIN LATERAL (SELECT event_id FROM audit_seals WHERE org_id = e.org_id AND event_id = e.event_id LIMIT 1) s ON true
     WHERE s.event_id IS NULL`;
  return row?.seconds ?? 0;
}
