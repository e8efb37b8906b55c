import { database } from '@/lib/kernel/database';
import type { Prisma } from '@/prisma/generated/client';
import { checkpointSigner, logOrigin } from './checkpoint-key';
import { signCheckpoint } from './rules/checkpoint';
import { appendLeaf, EMPTY_FRONTIER, type Frontier, frontierRoot } from './rules/merkle';
import {
  encodeTile,
  frontierFromTiles,
  TILE_WIDTH,
  type TilePlace,
  tileRoot,
  tilesFilled,
} from './rules/tiles';

type Db = Prisma.TransactionClient;
type Unsealed = { orgId: string; eventId: string; at: Date; leaf: Uint8Array };
/** A log as its sealer knows it; rebuilt from the tables whenever they say another size. */
export type SealerMemory = Map<string, Frontier>;

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
    const [limits] = await db.$queryRaw<{ from: string; to: string }[]>`
      SELECT horizon::text AS "from", pg_snapshot_xmin(pg_current_snapshot())::text AS "to" FROM seal_cursor WHERE id = 1 FOR UPDATE`;
    if (!limits || limits.from === limits.to) return new Map();
    const { events, horizon } = await unsealed(db, limits.from, limits.to);
    await db.$executeRaw`UPDATE seal_cursor SET horizon = ${horizon}::xid8 WHERE id = 1`;
    return sealByOrg(db, events, memory);
  }, sealerPatience);
}

/** Events are read by transaction id and put in order by time: one that waited for another has the later clock. */
async function unsealed(db: Db, from: string, to: string): Promise<{ events: Unsealed[]; horizon: string }> {
  const rows = await db.$queryRaw<(Unsealed & { xid: string })[]>`
    SELECT org_id AS "orgId", event_id AS "eventId", at, leaf, xid::text AS xid FROM audit_events
     WHERE xid >= ${from}::xid8 AND xid < ${to}::xid8 ORDER BY xid
     FETCH FIRST (${largestPass}::int) ROWS WITH TIES`;
  const last = rows.at(-1);
  // A pass that is full ends after its last transaction, which it has whole; the next begins behind that.
  const horizon = last && rows.length >= largestPass ? String(BigInt(last.xid) + 1n) : to;
  const events = rows.sort((a, b) => a.at.getTime() - b.at.getTime() || (a.eventId < b.eventId ? -1 : 1));
  return { events, horizon };
}

async function sealByOrg(db: Db, events: Unsealed[], memory: SealerMemory): Promise<Map<string, Frontier>> {
  const grown = new Map<string, Frontier>();
  const byOrg = new Map<string, Unsealed[]>();
  for (const event of events) (byOrg.get(event.orgId) ?? put(byOrg, event.orgId)).push(event);
  for (const [org, own] of byOrg) {
    const before = await frontierOf(db, org, memory);
    await insertSeals(db, org, before.size, own);
    await insertTiles(db, org, before.size, before.size + own.length);
    grown.set(
      org,
      own.reduce((frontier, event) => appendLeaf(frontier, event.leaf), before),
    );
  }
  return grown;
}

function put(byOrg: Map<string, Unsealed[]>, org: string): Unsealed[] {
  const own: Unsealed[] = [];
  byOrg.set(org, own);
  return own;
}

async function insertSeals(db: Db, org: string, from: number, events: Unsealed[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO audit_seals (org_id, sequence, event_id, event_at, leaf)
    SELECT ${org}::uuid, ${from}::bigint + n - 1, e, t, l
      FROM unnest(${events.map((event) => event.eventId)}::uuid[], ${events.map((event) => event.at.toISOString())}::timestamptz[],
                  ${events.map((event) => event.leaf)}::bytea[]) WITH ORDINALITY AS given (e, t, l, n)`;
}

/** Each tile that filled up is stored once: leaves below, roots of the tiles beneath it above. */
async function insertTiles(db: Db, org: string, from: number, to: number): Promise<void> {
  for (const { level, index } of tilesFilled(from, to)) {
    const first = index * TILE_WIDTH;
    const parts =
      level === 0
        ? await leavesFrom(db, org, first, TILE_WIDTH)
        : (await tilesFrom(db, org, level - 1, first)).map(tileRoot);
    await db.$executeRaw`INSERT INTO audit_tiles (org_id, level, "index", hashes)
      VALUES (${org}::uuid, ${level}, ${index}, ${encodeTile(parts)})`;
  }
}

async function frontierOf(db: Db, org: string, memory: SealerMemory): Promise<Frontier> {
  const [row] = await db.$queryRaw<{ size: bigint }[]>`
    SELECT coalesce(max(sequence) + 1, 0) AS size FROM audit_seals WHERE org_id = ${org}::uuid`;
  const size = Number(row?.size ?? 0);
  const known = memory.get(org) ?? EMPTY_FRONTIER;
  return known.size === size ? known : rebuildFrontier(db, org, size);
}

async function rebuildFrontier(db: Db, org: string, size: number): Promise<Frontier> {
  const tiles = await db.$queryRaw<{ level: number; index: bigint; hashes: Uint8Array }[]>`
    SELECT level, "index", hashes FROM audit_tiles WHERE org_id = ${org}::uuid`;
  const byPlace = new Map(tiles.map((tile) => [`${tile.level}/${tile.index}`, tile.hashes]));
  const tileAt = ({ level, index }: TilePlace) => byPlace.get(`${level}/${index}`);
  const first = Math.floor(size / TILE_WIDTH) * TILE_WIDTH;
  return frontierFromTiles(size, tileAt, await leavesFrom(db, org, first, size - first));
}

async function leavesFrom(db: Db, org: string, first: number, count: number): Promise<Uint8Array[]> {
  const rows = await db.$queryRaw<{ leaf: Uint8Array }[]>`
    SELECT leaf FROM audit_seals WHERE org_id = ${org}::uuid AND sequence >= ${first} AND sequence < ${first + count}
     ORDER BY sequence`;
  return rows.map((row) => row.leaf);
}

async function tilesFrom(db: Db, org: string, level: number, first: number): Promise<Uint8Array[]> {
  const rows = await db.$queryRaw<{ hashes: Uint8Array }[]>`
    SELECT hashes FROM audit_tiles WHERE org_id = ${org}::uuid AND level = ${level}
       AND "index" >= ${first} AND "index" < ${first + TILE_WIDTH} ORDER BY "index"`;
  return rows.map((row) => row.hashes);
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
