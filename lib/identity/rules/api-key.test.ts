import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newApiKey } from '../new-api-key';
import { hashSecret, keyAlphabet, parseApiKey, secretMatches, writeApiKey } from './api-key';

const text = (length: number) =>
  fc
    .array(fc.constantFrom(...keyAlphabet), { minLength: length, maxLength: length })
    .map((letters) => letters.join(''));
const parts = fc.record({ publicId: text(12), secret: text(43) });

describe('an API key is `cs_live_<12 id>_<43 secret><6 checksum>`: a mistyped one is refused without asking the database', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const key = writeApiKey(given);
        expect(key).toMatch(/^cs_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
        expect(parseApiKey(key)).toEqual(given);
      }),
    );
  });

  it('is refused when any one character is another, missing, doubled or swapped with its neighbour', () => {
    let cases = 0;
    for (const given of fc.sample(parts, { numRuns: 20, seed: 7 })) {
      const key = writeApiKey(given);
      for (const wrong of typos(key)) {
        cases++;
        if (parseApiKey(wrong) !== null) expect(wrong).toBe(key);
      }
    }
    console.info(`api key: ${cases} mistyped keys refused`);
    expect(cases).toBeGreaterThan(80_000);
  });

  it('is refused with anything around it', () => {
    const { text: key } = newApiKey();
    for (const wrong of [
      '',
      ' ',
      `${key} `,
      ` ${key}`,
      `${key}\n`,
      key.toUpperCase(),
      key.replace('live', 'test'),
      `${key}0`,
    ])
      expect(parseApiKey(wrong)).toBeNull();
  });

  it('is new each time', () => {
    const made = Array.from({ length: 1000 }, newApiKey);
    expect(new Set(made.map(({ publicId }) => publicId)).size).toBe(1000);
    expect(new Set(made.map(({ secret }) => secret)).size).toBe(1000);
    for (const { text: key, publicId, secret } of made)
      expect(parseApiKey(key)).toEqual({ publicId, secret });
  });
});

describe('a secret', () => {
  it('matches its own hash under the same pepper and nothing else', () => {
    fc.assert(
      fc.property(text(43), text(43), fc.string(), fc.string(), (secret, other, pepper, otherPepper) => {
        fc.pre(secret !== other && pepper !== otherPepper);
        const hash = hashSecret(pepper, secret);
        expect(secretMatches(pepper, secret, hash)).toBe(true);
        expect(secretMatches(pepper, other, hash)).toBe(false);
        expect(secretMatches(otherPepper, secret, hash)).toBe(false);
        expect(secretMatches(pepper, secret, hash.subarray(1))).toBe(false);
        expect(secretMatches(pepper, secret, new Uint8Array(32))).toBe(false);
      }),
    );
  });
});

function typos(key: string): string[] {
  return [...key].flatMap((letter, index) => {
    const [before, after] = [key.slice(0, index), key.slice(index + 1)];
    const others = [...keyAlphabet, '_', '-', ' ', 'ſ'].filter((other) => other !== letter);
    const next = after.charAt(0);
    return [
      ...others.map((other) => before + other + after),
      before + after,
      before + letter + letter + after,
      ...(next !== '' && next !== letter ? [before + next + letter + after.slice(1)] : []),
    ];
  });
}
