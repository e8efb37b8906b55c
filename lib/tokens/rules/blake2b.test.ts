import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blake2b } from './blake2b';

it('agrees with node:crypto at 64 bytes, whatever the message', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (message) => {
      const expected = createHash('blake2b512').update(message).digest('hex');
      expect(Buffer.from(blake2b(message, 64)).toString('hex')).toBe(expected);
    }),
    { numRuns: 300 },
  );
});

it('agrees with node:crypto around the edges of a block', () => {
  for (const length of [0, 1, 127, 128, 129, 255, 256, 257]) {
    const message = new Uint8Array(length).fill(0xa5);
    const expected = createHash('blake2b512').update(message).digest('hex');
    expect(Buffer.from(blake2b(message, 64)).toString('hex'), `${length} bytes`).toBe(expected);
  }
});

it('makes a shorter digest its own hash, not a cut of the long one', () => {
  const long = Buffer.from(blake2b(Buffer.from('abc'), 64)).toString('hex');
  const short = Buffer.from(blake2b(Buffer.from('abc'), 32)).toString('hex');
  expect(short).toBe('bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319');
  expect(long.startsWith(short)).toBe(false);
});
