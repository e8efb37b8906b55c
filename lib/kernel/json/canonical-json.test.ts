import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256Canonical } from './canonical-json';
import type { JsonValue } from './json-value';
import { parseStrictJson } from './strict-json';

const vectors = join(import.meta.dirname, '../../../../shared/data/vectors/jcs');

describe('canonical JSON', () => {
  it('writes the sample of RFC 8785 § 3.2.2 as § 3.2.3 prints it', () => {
    const sample = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '€$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(sample)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts names by UTF-16 units, not by code points', () => {
    const value = { '\ufb33': 1, '😀': 2, '€': 3, '\r': 4, '1': 5, '\u0080': 6, ö: 7 };
    expect(canonicalJson(value)).toBe('{"\\r":4,"1":5,"\u0080":6,"ö":7,"€":3,"😀":2,"\ufb33":1}');
  });

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the double %s of RFC 8785 appendix B as %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });

  it.each<[string, unknown, string]>([
    ['a lone surrogate', { a: ['\ud800'] }, '/a/0'],
    ['a lone surrogate in a name', { '\udfff': 1 }, '/\udfff'],
    ['NaN', [Number.NaN], '/0'],
    ['Infinity', { x: Number.POSITIVE_INFINITY }, '/x'],
    ['a date', { at: new Date(0) }, '/at'],
    ['a hole', [undefined], '/0'],
    ['a function', { toJSON: () => 1 }, '/toJSON'],
    ['a big integer', 1n, ''],
    ['nothing', undefined, ''],
  ])('refuses %s', (_, value, pointer) => {
    // The wrong type is what is tested.
    expect(() => canonicalJson(value as JsonValue)).toThrow(
      expect.objectContaining({
        code: 'malformed',
        details: { errors: [expect.objectContaining({ pointer })] },
      }),
    );
  });

  it('refuses a value that contains itself', () => {
    const loop: JsonValue[] = [];
    loop.push(loop);
    expect(() => canonicalJson(loop)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('gives one text for every order of names, and reads back the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (members) => {
        // fast-check's own JsonValue is ours in another spelling.
        const value = members as { [key: string]: JsonValue };
        const turned = Object.fromEntries(Object.entries(value).reverse());
        const text = canonicalJson(value);
        expect(canonicalJson(turned)).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('hashes one form of a number whatever its spelling', () => {
    const hash = sha256Canonical({ amount: 50 });
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    for (const text of ['{"amount":5e1}', '{ "amount" : 50.0 }']) {
      expect(sha256Canonical(parseStrictJson(text))).toBe(hash);
    }
    expect(sha256Canonical({ amount: '50' })).not.toBe(hash);
    expect(sha256Canonical({})).toBe(
      'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    );
  });

  it.runIf(existsSync(vectors))('agrees with the official files', () => {
    const names = readdirSync(join(vectors, 'input'));
    for (const name of names) {
      const input = JSON.parse(readFileSync(join(vectors, 'input', name), 'utf8'));
      const output = canonicalJson(input);
      expect(output).toBe(readFileSync(join(vectors, 'output', name), 'utf8'));
      const hex = readFileSync(join(vectors, 'outhex', name.replace('.json', '.txt')), 'utf8');
      expect(Buffer.from(output).toString('hex')).toBe(hex.replaceAll(/\s/g, ''));
    }
    console.log(`${names.length} official JCS files`);
    expect(names.length).toBeGreaterThanOrEqual(6);
  });
});
