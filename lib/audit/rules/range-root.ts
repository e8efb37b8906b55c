// The root of a stretch of the log is made of the largest pieces that are stored: tiles, then single leaves.

import { appendSubtree, EMPTY_FRONTIER, type Frontier, frontierRoot } from './merkle';
import type { LeafRange } from './merkle-proof';
import { TILE_WIDTH, type TilePlace, tileRoot } from './tiles';

/**
 * A perfect subtree of `count` leaves from leaf `start`: the hash at `position` of a tile, the root of a whole tile
 * where `position` is null, or the leaf itself where there is no tile.
 */
export type RangePart = { start: number; count: number; tile: TilePlace | null; position: number | null };

/** The parts of a range whose start is aligned as those of `inclusionRanges` are, in a log of `size` leaves. */
export function rangeParts({ start, end }: LeafRange, size: number): RangePart[] {
  const parts: RangePart[] = [];
  for (let at = start; at < end; ) {
    const part = largestPart(at, end, size);
    parts.push(part);
    at += part.count;
  }
  return parts;
}

function largestPart(start: number, end: number, size: number): RangePart {
  let level = 0;
  for (let span = TILE_WIDTH; start % span === 0 && start + span <= end; span *= TILE_WIDTH) level++;
  const count = TILE_WIDTH ** level;
  const index = start / count;
  const holder = { level, index: Math.floor(index / TILE_WIDTH) };
  // Only full tiles are stored; what fills no tile of its level is a whole tile of the level below.
  const isStored = (holder.index + 1) * count * TILE_WIDTH <= size;
  if (isStored) return { start, count, tile: holder, position: index % TILE_WIDTH };
  const below = level === 0 ? null : { level: level - 1, index };
  return { start, count, tile: below, position: null };
}

/** The root of the parts' leaves; undefined where a tile or a leaf is wanting or not whole. */
export function rangeRoot(
  parts: readonly RangePart[],
  tileAt: (place: TilePlace) => Uint8Array | undefined,
  leafAt: (sequence: number) => Uint8Array | undefined,
): Buffer | undefined {
  let frontier: Frontier = EMPTY_FRONTIER;
  for (const part of parts) {
    const hash = hashOf(part, tileAt, leafAt);
    if (hash?.length !== 32) return undefined;
    frontier = appendSubtree(frontier, hash, part.count);
  }
  return frontierRoot(frontier);
}

function hashOf(
  { start, tile, position }: RangePart,
  tileAt: (place: TilePlace) => Uint8Array | undefined,
  leafAt: (sequence: number) => Uint8Array | undefined,
): Uint8Array | undefined {
  if (!tile) return leafAt(start);
  const bytes = tileAt(tile);
  if (bytes?.length !== TILE_WIDTH * 32) return undefined;
  return position === null ? tileRoot(bytes) : bytes.subarray(position * 32, position * 32 + 32);
}
