// A few subtree roots prove that a leaf is in a log, or that one log begins with another (RFC 6962 § 2.1).

import { nodeHash, rootOf } from './merkle';

/** The leaves from `start` up to, not including, `end`. */
export type LeafRange = { start: number; end: number };

/** The ranges whose roots prove that leaf `index` is in a log of `size`, from the leaf upwards. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!(Number.isInteger(index) && index >= 0 && index < size))
    throw new RangeError('expected a leaf of the log');
  return inclusionWithin(index, { start: 0, end: size });
}

/** The ranges whose roots prove that the log of `second` leaves begins with that of `first`. */
export function consistencyRanges(first: number, second: number): LeafRange[] {
  if (!(Number.isInteger(first) && first >= 0 && first <= second))
    throw new RangeError('expected a shorter log first');
  if (first === 0 || first === second) return [];
  return consistencyWithin(first, { start: 0, end: second }, true);
}

/** The inclusion proof of leaf `index` in the log of these leaf hashes. */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Buffer[] {
  return inclusionRanges(index, leaves.length).map(({ start, end }) => rootOf(leaves.slice(start, end)));
}

/** The proof that the log of these leaf hashes begins with its first `first` leaves. */
export function consistencyProof(leaves: readonly Uint8Array[], first: number): Buffer[] {
  return consistencyRanges(first, leaves.length).map(({ start, end }) => rootOf(leaves.slice(start, end)));
}

/** Whether `leaf` stands at `index` of the log of `size` leaves with this root (RFC 9162 § 2.1.3.2). */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!(isCount(index) && isCount(size) && index < size && areHashes([leaf, root, ...proof]))) return false;
  let node = index;
  let last = size - 1;
  let found: Buffer = Buffer.from(leaf);
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      found = nodeHash(sibling, found);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      found = nodeHash(found, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && found.equals(root);
}

/** Whether the log with `secondRoot` begins with the log with `firstRoot` (RFC 9162 § 2.1.4.2). */
export function verifyConsistency(
  first: number,
  second: number,
  proof: readonly Uint8Array[],
  firstRoot: Uint8Array,
  secondRoot: Uint8Array,
): boolean {
  if (!(isCount(first) && isCount(second) && first <= second)) return false;
  if (!areHashes([firstRoot, secondRoot, ...proof])) return false;
  if (first === second) return proof.length === 0 && Buffer.from(firstRoot).equals(secondRoot);
  if (first === 0) return proof.length === 0 && rootOf([]).equals(firstRoot);
  const isPerfect = Number.isInteger(Math.log2(first));
  const [start, ...rest] = isPerfect ? [firstRoot, ...proof] : proof;
  if (!start) return false;
  let [node, last] = [first - 1, second - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [older, newer]: [Buffer, Buffer] = [Buffer.from(start), Buffer.from(start)];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newer = nodeHash(newer, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && older.equals(firstRoot) && newer.equals(secondRoot);
}

function inclusionWithin(index: number, { start, end }: LeafRange): LeafRange[] {
  if (end - start === 1) return [];
  const middle = start + splitOf(end - start);
  const [left, right] = [
    { start, end: middle },
    { start: middle, end },
  ];
  return index < middle ? [...inclusionWithin(index, left), right] : [...inclusionWithin(index, right), left];
}

/** RFC 6962 § 2.1.2's SUBPROOF; `whole` while the older log's root is what the verifier already holds. */
function consistencyWithin(first: number, { start, end }: LeafRange, whole: boolean): LeafRange[] {
  if (first === end) return whole ? [] : [{ start, end }];
  const middle = start + splitOf(end - start);
  const [left, right] = [
    { start, end: middle },
    { start: middle, end },
  ];
  return first <= middle
    ? [...consistencyWithin(first, left, whole), right]
    : [...consistencyWithin(first, right, false), left];
}

/** The largest power of two smaller than `count`. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

// Sizes may pass 2^31, where bit shifts would wrap.
function half(value: number): number {
  return Math.floor(value / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === 32);
}
