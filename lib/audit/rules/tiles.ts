// The tree is kept in tiles of 256 hashes, each stored once, when it is full.

import { appendSubtree, EMPTY_FRONTIER, type Frontier, frontierRoot, rootOf } from './merkle';

/** Level 0 holds leaf hashes, level n the roots of the tiles of level n - 1; tile `index` begins at hash 256·index. */
export type TilePlace = { level: number; index: number };

export const TILE_WIDTH = 256;

/** The tiles that become full while the log grows, lower levels first: each can be made from those before it. */
export function tilesFilled(fromSize: number, toSize: number): TilePlace[] {
  const places: TilePlace[] = [];
  for (let level = 0, span = TILE_WIDTH; span <= toSize; level++, span *= TILE_WIDTH) {
    for (let index = Math.floor(fromSize / span); index < Math.floor(toSize / span); index++) {
      places.push({ level, index });
    }
  }
  return places;
}

/** The bytes of a full tile of these 256 hashes (8,192). Throws RangeError for another number. */
export function encodeTile(hashes: readonly Uint8Array[]): Buffer {
  if (hashes.length !== TILE_WIDTH)
    throw new RangeError(`expected ${TILE_WIDTH} hashes, found ${hashes.length}`);
  return Buffer.concat(hashes);
}

/** The hashes that a tile's bytes hold, 32 bytes each. */
export function tileHashes(tile: Uint8Array): Buffer[] {
  return Array.from({ length: Math.floor(tile.length / 32) }, (_, index) =>
    Buffer.from(tile.subarray(index * 32, index * 32 + 32)),
  );
}

/** The root of a full tile: the hash that stands for it one level up. */
export function tileRoot(tile: Uint8Array): Buffer {
  return rootOf(tileHashes(tile));
}

/**
 * The frontier of a log of `size` leaves from its full tiles and the leaves after the last of level 0.
 * At most 255 tiles a level are asked for. Throws RangeError when a tile or a leaf is wanting.
 */
export function frontierFromTiles(
  size: number,
  tileAt: (place: TilePlace) => Uint8Array | undefined,
  tail: readonly Uint8Array[],
): Frontier {
  let frontier: Frontier = EMPTY_FRONTIER;
  let level = 0;
  while (TILE_WIDTH ** (level + 2) <= size) level++;
  for (; level >= 0; level--) {
    const span = TILE_WIDTH ** (level + 1);
    for (let index = frontier.size / span; index < Math.floor(size / span); index++) {
      const tile = tileAt({ level, index });
      if (tile?.length !== TILE_WIDTH * 32) throw new RangeError(`expected tile ${level}/${index} in full`);
      frontier = appendSubtree(frontier, tileRoot(tile), span);
    }
  }
  if (frontier.size + tail.length !== size)
    throw new RangeError(`expected ${size - frontier.size} leaves after the tiles`);
  return tail.reduce<Frontier>((grown, leaf) => appendSubtree(grown, leaf, 1), frontier);
}

/** The root of a log of `size` leaves from the same parts. */
export function rootFromTiles(
  size: number,
  tileAt: (place: TilePlace) => Uint8Array | undefined,
  tail: readonly Uint8Array[],
): Buffer {
  return frontierRoot(frontierFromTiles(size, tileAt, tail));
}
