// Leaves are taken one after another; tiles show where they stray, signed roots show whether.

import { appendLeaf, EMPTY_FRONTIER, type Frontier, frontierRoot, rootOf } from './merkle';
import { TILE_WIDTH, type TilePlace } from './tiles';

/** A stretch of leaves, both ends included, in which something is wrong. */
export type Stray = { first: number; last: number; what: string };

/** A root that was signed for the log's first `size` leaves; `label` names where it comes from. */
export type SignedRoot = { size: number; root: Buffer; label: string };

/** A stored tile, full or not; undefined where none is stored. */
export type TileLookup = (place: TilePlace) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/**
 * `proven` leaves are covered by a signed root that matched; `stray` is the first difference to a tile after those.
 * `levels` holds, for each level, the tile being filled: its place, our hashes, the stored bytes.
 */
export type TreeWalk = { frontier: Frontier; proven: number; stray: Stray | null; levels: OpenTile[] };

type OpenTile = { index: number; hashes: Buffer[]; stored: Uint8Array | undefined };

export function startTreeWalk(): TreeWalk {
  return { frontier: EMPTY_FRONTIER, proven: 0, stray: null, levels: [] };
}

/** Takes the next leaf, comparing it and every tile it completes with what is stored. */
export async function walkLeaf(walk: TreeWalk, leaf: Uint8Array, tile?: TileLookup): Promise<void> {
  walk.frontier = appendLeaf(walk.frontier, leaf);
  if (tile) await fillTiles(walk, Buffer.from(leaf), tile);
}

/** Judges the leaves so far by the roots signed for just as many; an empty answer means that all agree. */
export function judgeBySignedRoots(walk: TreeWalk, signed: readonly SignedRoot[]): Stray[] {
  const size = walk.frontier.size;
  const root = frontierRoot(walk.frontier);
  const { proven, stray: suspect } = walk;
  const unlike = signed.filter((one) => !one.root.equals(root));
  walk.stray = null;
  if (unlike.length < signed.length) walk.proven = size;
  if (unlike.length > 0) {
    const place = suspect ?? { first: proven, last: Math.max(size - 1, 0), what: '' };
    const reason = suspect ? `${suspect.what}; ` : '';
    return unlike.map(({ label }) => ({
      ...place,
      what: `${reason}root does not match the ${label} of size ${size}`,
    }));
  }
  if (!suspect) return [];
  return [
    {
      ...suspect,
      what: `${suspect.what}; the events match the checkpoint of size ${size}, the tile does not`,
    },
  ];
}

async function fillTiles(walk: TreeWalk, leaf: Buffer, tile: TileLookup): Promise<void> {
  let hash = leaf;
  for (let level = 0; ; level++) {
    const open = await openTile(walk, level, tile);
    const position = open.hashes.push(hash) - 1;
    compare(walk, level, open, position);
    if (open.hashes.length < TILE_WIDTH) return;
    requireStored(walk, level, open);
    hash = rootOf(open.hashes);
    walk.levels[level] = { index: open.index + 1, hashes: [], stored: undefined };
  }
}

async function openTile(walk: TreeWalk, level: number, tile: TileLookup): Promise<OpenTile> {
  const open = walk.levels[level] ?? { index: 0, hashes: [], stored: undefined };
  if (open.hashes.length === 0) open.stored = await tile({ level, index: open.index });
  walk.levels[level] = open;
  return open;
}

function compare(walk: TreeWalk, level: number, open: OpenTile, position: number): void {
  const stored = open.stored?.subarray(position * 32, position * 32 + 32);
  if (stored?.length !== 32 || open.hashes[position]?.equals(stored)) return;
  const span = TILE_WIDTH ** level;
  const first = (open.index * TILE_WIDTH + position) * span;
  const what = level === 0 ? 'leaf differs from the tile' : 'subtree differs from the tile';
  note(walk, { first, last: first + span - 1, what: `${what} ${level}/${open.index}` });
}

function requireStored(walk: TreeWalk, level: number, open: OpenTile): void {
  if (open.stored?.length === TILE_WIDTH * 32) return;
  const span = TILE_WIDTH ** (level + 1);
  const first = open.index * span;
  const what = `tile ${level}/${open.index} ${open.stored ? 'is not whole' : 'is missing'}`;
  note(walk, { first, last: first + span - 1, what });
}

// A changed leaf changes every tile above it: what is seen first is the narrowest.
function note(walk: TreeWalk, stray: Stray): void {
  walk.stray ??= stray;
}
