// A log of any length has one root (RFC 6962 § 2.1), and appending needs only the roots of its full subtrees.

import { createHash } from 'node:crypto';

/** Roots of the perfect subtrees a log divides into, largest first: all that appending needs. */
export type Frontier = { size: number; nodes: readonly Buffer[] };

export const EMPTY_FRONTIER: Frontier = { size: 0, nodes: [] };

/** The root of a log with these leaf hashes (32 bytes each). */
export function rootOf(leaves: readonly Uint8Array[]): Buffer {
  return frontierRoot(leaves.reduce<Frontier>(appendLeaf, EMPTY_FRONTIER));
}

/** The hash of two neighbouring nodes: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return createHash('sha256').update(bytes).digest();
}

/** The frontier one leaf later. */
export function appendLeaf(frontier: Frontier, leaf: Uint8Array): Frontier {
  return appendSubtree(frontier, leaf, 1);
}

/**
 * The frontier after a whole perfect subtree of `count` leaves.
 * `count` is a power of two that divides the frontier's size; throws RangeError otherwise.
 */
export function appendSubtree(frontier: Frontier, root: Uint8Array, count: number): Frontier {
  if (frontier.size % count !== 0 || !Number.isInteger(Math.log2(count))) {
    throw new RangeError(`a subtree of ${count} leaves does not fit after ${frontier.size}`);
  }
  const nodes = [...frontier.nodes];
  let joined: Buffer = Buffer.from(root);
  // Each subtree of this size already there makes, with the new one, a subtree of twice the size.
  for (let full = frontier.size / count; full % 2 === 1; full = (full - 1) / 2) {
    const left = nodes.pop();
    if (left) joined = nodeHash(left, joined);
  }
  nodes.push(joined);
  return { size: frontier.size + count, nodes };
}

/** The root of the log that a frontier stands for; SHA-256 of nothing for the empty log. */
export function frontierRoot(frontier: Frontier): Buffer {
  const [last, ...larger] = [...frontier.nodes].reverse();
  if (!last) return createHash('sha256').digest();
  return larger.reduce<Buffer>((root, left) => nodeHash(left, root), last);
}

/** A frontier's nodes as bytes, to be stored beside its size. */
export function encodeFrontier(frontier: Frontier): Buffer {
  return Buffer.concat(frontier.nodes);
}

/** The frontier of `size` leaves from its stored bytes. Throws RangeError when there are too few or too many. */
export function decodeFrontier(size: number, bytes: Uint8Array): Frontier {
  const subtrees = [...size.toString(2)].filter((bit) => bit === '1').length;
  if (bytes.length !== subtrees * 32) throw new RangeError(`expected ${subtrees} nodes for ${size} leaves`);
  const nodes = Array.from({ length: subtrees }, (_, index) =>
    Buffer.from(bytes.subarray(index * 32, index * 32 + 32)),
  );
  return { size, nodes };
}
