// BLAKE2b (RFC 7693, unkeyed) gives a digest of the length asked for, which node:crypto offers at 64 bytes alone.

const WORD = 0xffffffffffffffffn;
const BLOCK_BYTES = 128;

const INITIAL = [
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
];

/** Which message word each step takes; rounds 10 and 11 repeat the first two (RFC 7693 § 2.7). */
const SCHEDULE = [
  '0123456789abcdef',
  'ea489fd61c02b753',
  'b8c052fdae367194',
  '7931dcbe265a40f8',
  '905724afe1bc683d',
  '2c6a0b834d75fe19',
  'c51fed4a0763928b',
  'db7ec13950f4862a',
  '6fe9b308c2d714a5',
  'a2847615fb9e3cd0',
].map((row) => Array.from(row, (digit) => Number.parseInt(digit, 16)));

/** The four words each step mixes: columns, then diagonals (RFC 7693 § 3.2). */
const MIXED = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

/** BLAKE2b of `message` with a digest of `length` (1–64) bytes. For key ids: not for bulk. */
export function blake2b(message: Uint8Array, length: number): Uint8Array {
  const state = BigUint64Array.from(INITIAL);
  state[0] = word(state, 0) ^ 0x01010000n ^ BigInt(length);
  const blocks = Math.max(1, Math.ceil(message.length / BLOCK_BYTES));
  for (let block = 0; block < blocks; block++) {
    const end = Math.min(message.length, (block + 1) * BLOCK_BYTES);
    const padded = new Uint8Array(BLOCK_BYTES);
    padded.set(message.subarray(block * BLOCK_BYTES, end));
    compress(state, padded, BigInt(end), block === blocks - 1);
  }
  const digest = new DataView(new ArrayBuffer(64));
  state.forEach((value, index) => {
    digest.setBigUint64(index * 8, value, true);
  });
  return new Uint8Array(digest.buffer, 0, length);
}

function compress(state: BigUint64Array, block: Uint8Array, counted: bigint, last: boolean): void {
  const view = new DataView(block.buffer);
  const v = BigUint64Array.from([...state, ...INITIAL]);
  v[12] = word(v, 12) ^ counted;
  if (last) v[14] = word(v, 14) ^ WORD;
  for (let round = 0; round < 12; round++) {
    const order = SCHEDULE[round % 10] ?? [];
    MIXED.forEach((words, step) => {
      const x = view.getBigUint64((order[step * 2] ?? 0) * 8, true);
      const y = view.getBigUint64((order[step * 2 + 1] ?? 0) * 8, true);
      mix(v, words, x, y);
    });
  }
  for (let index = 0; index < 8; index++)
    state[index] = word(state, index) ^ word(v, index) ^ word(v, index + 8);
}

function mix(v: BigUint64Array, [a, b, c, d]: (typeof MIXED)[number], x: bigint, y: bigint): void {
  // A BigUint64Array keeps the low 64 bits of what is stored, so sums need no mask.
  v[a] = word(v, a) + word(v, b) + x;
  v[d] = rotate(word(v, d) ^ word(v, a), 32n);
  v[c] = word(v, c) + word(v, d);
  v[b] = rotate(word(v, b) ^ word(v, c), 24n);
  v[a] = word(v, a) + word(v, b) + y;
  v[d] = rotate(word(v, d) ^ word(v, a), 16n);
  v[c] = word(v, c) + word(v, d);
  v[b] = rotate(word(v, b) ^ word(v, c), 63n);
}

function rotate(value: bigint, bits: bigint): bigint {
  return (value >> bits) | ((value << (64n - bits)) & WORD);
}

function word(words: BigUint64Array, index: number): bigint {
  return words[index] ?? 0n;
}
