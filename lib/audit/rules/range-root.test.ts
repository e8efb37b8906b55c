import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rootOf } from './merkle';
import { inclusionRanges, verifyInclusion } from './merkle-proof';
import { rangeParts, rangeRoot } from './range-root';
import { encodeTile, TILE_WIDTH, type TilePlace, tileRoot, tilesFilled } from './tiles';

const most = 66_000;
const leaves = Array.from({ length: most }, (_, index) => createHash('sha256').update(`${index}`).digest());
const tiles = new Map<string, Buffer>();
for (const { level, index } of tilesFilled(0, most)) {
  const parts = Array.from({ length: TILE_WIDTH }, (_, n) => {
    const at = index * TILE_WIDTH + n;
    return level === 0 ? leaves[at] : tileRoot(tiles.get(`${level - 1}/${at}`) ?? Buffer.alloc(0));
  });
  tiles.set(`${level}/${index}`, encodeTile(parts.filter((part) => part !== undefined)));
}
const storedAt =
  (size: number) =>
  ({ level, index }: TilePlace) => {
    const isFull = (index + 1) * TILE_WIDTH ** (level + 1) <= size;
    return isFull ? tiles.get(`${level}/${index}`) : undefined;
  };
const rootAt = (start: number, end: number, size: number) =>
  rangeRoot(rangeParts({ start, end }, size), storedAt(size), (sequence) => leaves[sequence]);

test('The root of a stretch of the log is made of the largest pieces that are stored', () => {
  for (const size of [1, 2, 255, 256, 257, 511, 512, 700])
    expect(rootAt(0, size, size), `${size}`).toEqual(rootOf(leaves.slice(0, size)));
  const whole = tiles.get('1/0') ?? Buffer.alloc(0);
  expect(rootAt(0, 65_536, 65_536)).toEqual(tileRoot(whole));
});

test('Any leaf of a log of any size is proven from tiles as from all leaves, and no other leaf is', () => {
  const place = fc
    .oneof(fc.integer({ min: 1, max: 900 }), fc.constant(most))
    .chain((size) => fc.tuple(fc.constant(size), fc.nat({ max: size - 1 })));
  fc.assert(
    fc.property(place, ([size, index]) => {
      const proof = inclusionRanges(index, size).map(({ start, end }) => rootAt(start, end, size));
      const known = proof.filter((hash) => hash !== undefined);
      expect(known.length).toBe(proof.length);
      const root = rootAt(0, size, size) ?? Buffer.alloc(0);
      expect(verifyInclusion(leaves[index] ?? root, index, size, known, root)).toBe(true);
      expect(verifyInclusion(leaves[(index + 1) % most] ?? root, index, size, known, root)).toBe(false);
    }),
    { numRuns: 25 },
  );
}, 30_000);

test('A tile or leaf that is wanting gives no root', () => {
  const parts = rangeParts({ start: 0, end: 300 }, 300);
  expect(
    rangeRoot(
      parts,
      () => undefined,
      (sequence) => leaves[sequence],
    ),
  ).toBeUndefined();
  expect(rangeRoot(parts, storedAt(300), () => undefined)).toBeUndefined();
  expect(
    rangeRoot(
      parts,
      () => Buffer.alloc(31),
      () => undefined,
    ),
  ).toBeUndefined();
});
