import type { Prisma } from '@/prisma/generated/client';
import { appendLeaf, EMPTY_FRONTIER, type Frontier } from './rules/merkle';
import {
  encodeTile,
  frontierFromTiles,
  TILE_WIDTH,
  type TilePlace,
  tileRoot,
  tilesFilled,
} from './rules/tiles';

type Db = Prisma.TransactionClient;
export type Unsealed = { orgId: string; eventId: string; at: Date; leaf: Uint8Array };
/** A log as its sealer knows it; rebuilt from the tables whenever they say another size. */
export type SealerMemory = Map<string, Frontier>;

/** Seals events, given in the order they shall stand in: numbers, tree and tiles of each org's log. Answers with those that grew. */
export async function growLogs(
  db: Db,
  events: Unsealed[],
  memory: SealerMemory,
): Promise<Map<string, Frontier>> {
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

/** A log's frontier from its stored tiles and the leaves behind the last of them. */
export async function rebuildFrontier(db: Db, org: string, size: number): Promise<Frontier> {
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
