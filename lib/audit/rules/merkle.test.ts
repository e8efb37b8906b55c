import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafHash } from './entry';
import {
  appendLeaf,
  decodeFrontier,
  EMPTY_FRONTIER,
  encodeFrontier,
  type Frontier,
  frontierRoot,
  nodeHash,
  rootOf,
} from './merkle';
import {
  consistencyProof,
  consistencyRanges,
  inclusionProof,
  inclusionRanges,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proof';
import { encodeTile, frontierFromTiles, rootFromTiles, type TilePlace, tileRoot, tilesFilled } from './tiles';

// The eight leaves and roots with which Certificate Transparency's implementations are tested.
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => leafHash(Buffer.from(hex, 'hex')));
const CT_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`${index}`)));
const leaves = leavesOf(1000);

/** RFC 6962 § 2.1 word for word: the second, slow reading. */
function definedRoot(of: readonly Buffer[]): Buffer {
  if (of.length === 0) return createHash('sha256').digest();
  const [only] = of;
  if (only && of.length === 1) return only;
  let split = 1;
  while (split * 2 < of.length) split *= 2;
  return nodeHash(definedRoot(of.slice(0, split)), definedRoot(of.slice(split)));
}

/** All tiles of a log, made as a sealer makes them. */
function tilesOf(of: readonly Buffer[], steps: number[]): Map<string, Buffer> {
  const tiles = new Map<string, Buffer>();
  const name = ({ level, index }: TilePlace) => `${level}/${index}`;
  let size = 0;
  for (const next of [...steps, of.length]) {
    for (const place of tilesFilled(size, next)) {
      const hashes = Array.from({ length: 256 }, (_, position) => {
        const at = place.index * 256 + position;
        if (place.level === 0) return of[at] ?? Buffer.alloc(0);
        return tileRoot(tiles.get(name({ level: place.level - 1, index: at })) ?? Buffer.alloc(0));
      });
      expect(tiles.has(name(place))).toBe(false);
      tiles.set(name(place), encodeTile(hashes));
    }
    size = next;
  }
  return tiles;
}

describe('the tree', () => {
  it('has the known roots of the Certificate Transparency leaves', () => {
    CT_ROOTS.forEach((root, size) => {
      expect(rootOf(CT_LEAVES.slice(0, size)).toString('hex')).toBe(root);
    });
  });

  it('has the root that the RFC defines, at every size to 300', () => {
    let frontier: Frontier = EMPTY_FRONTIER;
    for (let size = 0; size <= 300; size++) {
      expect(frontierRoot(frontier)).toEqual(definedRoot(leaves.slice(0, size)));
      expect(decodeFrontier(size, encodeFrontier(frontier))).toEqual(frontier);
      const leaf = leaves[size];
      if (leaf) frontier = appendLeaf(frontier, leaf);
    }
    expect(() => decodeFrontier(7, Buffer.alloc(64))).toThrow(RangeError);
  });
});

describe('proofs', () => {
  it('hold for every leaf of every size to 130, and for no other place, leaf or root', {
    timeout: 60_000,
  }, () => {
    let cases = 0;
    for (let size = 1; size <= 130; size++) {
      const log = leaves.slice(0, size);
      const root = rootOf(log);
      for (let index = 0; index < size; index++) {
        const leaf = leaves[index] ?? root;
        const proof = inclusionProof(log, index);
        cases++;
        if (!verifyInclusion(leaf, index, size, proof, root)) throw new Error(`leaf ${index} of ${size}`);
        const wrong = [
          verifyInclusion(leaf, index + 1, size, proof, root),
          verifyInclusion(leaf, index - 1, size, proof, root),
          size > 1 && verifyInclusion(root, index, size, proof, leaf),
          verifyInclusion(leaf, index, size, [...proof, root], root),
          proof.length > 0 && verifyInclusion(leaf, index, size, proof.slice(1), root),
          proof.length > 0 && verifyInclusion(leaf, index, size, proof.slice(0, -1), root),
        ];
        if (wrong.some(Boolean)) throw new Error(`leaf ${index} of ${size} is proven falsely`);
      }
    }
    console.log(`${cases} inclusion proofs`);
    expect(cases).toBe((130 * 131) / 2);
  });

  it('hold between every two sizes to 130, and for no other root', { timeout: 60_000 }, () => {
    const roots = Array.from({ length: 131 }, (_, size) => rootOf(leaves.slice(0, size)));
    const other = rootOf([...leaves.slice(1, 60)]);
    let cases = 0;
    for (let second = 0; second <= 130; second++) {
      for (let first = 0; first <= second; first++) {
        const [older = other, newer = other] = [roots[first], roots[second]];
        const proof = consistencyProof(leaves.slice(0, second), first);
        cases++;
        if (!verifyConsistency(first, second, proof, older, newer)) throw new Error(`${first} to ${second}`);
        const wrong = [
          verifyConsistency(first, second, proof, other, newer),
          first > 0 && verifyConsistency(first, second, proof, older, other),
          verifyConsistency(first, second, [...proof, other], older, newer),
          proof.length > 0 && verifyConsistency(first, second, proof.slice(1), older, newer),
          proof.length > 0 && verifyConsistency(first, second, proof.slice(0, -1), older, newer),
        ];
        if (wrong.some(Boolean)) throw new Error(`${first} to ${second} is proven falsely`);
      }
    }
    console.log(`${cases} consistency proofs`);
    expect(cases).toBe((131 * 132) / 2);
  });

  it('fail with any bit of them flipped', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 400 }),
        fc.nat(),
        fc.nat(),
        fc.nat(),
        (size, which, hash, bit) => {
          const log = leaves.slice(0, size);
          const root = rootOf(log);
          const index = which % size;
          const proof = inclusionProof(log, index).map((node) => Buffer.from(node));
          const node = proof[hash % proof.length] ?? root;
          const at = bit % 256;
          node[at >> 3] = (node[at >> 3] ?? 0) ^ (1 << (at & 7));
          expect(verifyInclusion(leaves[index] ?? root, index, size, proof, root)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('stay short, and refuse places outside the log', () => {
    expect(inclusionRanges(123_456_789_012, 2 ** 40)).toHaveLength(40);
    expect(consistencyRanges(123_456_789_012, 2 ** 40).length).toBeLessThanOrEqual(41);
    expect(() => inclusionRanges(5, 5)).toThrow(RangeError);
    expect(() => consistencyRanges(6, 5)).toThrow(RangeError);
    expect(verifyInclusion(Buffer.alloc(31), 0, 1, [], Buffer.alloc(31))).toBe(false);
  });
});

describe('tiles', () => {
  it('give the root of any log, however it was sealed', { timeout: 60_000 }, () => {
    const log = leavesOf(70_000);
    const tiles = tilesOf(log, [1, 255, 256, 257, 1000, 65_535, 65_536, 65_537]);
    expect([...tiles.keys()].filter((key) => key.startsWith('0/'))).toHaveLength(273);
    expect(tiles.has('1/0')).toBe(true);
    expect(tiles.size).toBe(274);
    let frontier: Frontier = EMPTY_FRONTIER;
    const sizes = new Set([
      0, 1, 255, 256, 257, 511, 512, 5000, 65_535, 65_536, 65_537, 65_792, 69_999, 70_000,
    ]);
    for (let size = 0; size <= log.length; size++) {
      if (sizes.has(size)) {
        const tail = log.slice(size - (size % 256), size);
        const tileAt = ({ level, index }: TilePlace) => tiles.get(`${level}/${index}`);
        expect(frontierFromTiles(size, tileAt, tail)).toEqual(frontier);
        expect(rootFromTiles(size, tileAt, tail)).toEqual(frontierRoot(frontier));
      }
      const leaf = log[size];
      if (leaf) frontier = appendLeaf(frontier, leaf);
    }
  });

  it('are refused when they are wanting', () => {
    expect(() => frontierFromTiles(300, () => undefined, leaves.slice(256, 300))).toThrow(/tile 0\/0/);
    expect(() => frontierFromTiles(30, () => undefined, leaves.slice(0, 29))).toThrow(/30 leaves/);
    expect(() => encodeTile(leaves.slice(0, 255))).toThrow(RangeError);
  });
});
