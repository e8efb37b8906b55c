import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors';
import type { JsonValue } from './json-value';
import { parseStrictJson, readJsonBody } from './strict-json';

function refusal(act: () => unknown): { code: string; pointer: string; detail: string } {
  try {
    act();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const first = error.details.errors?.[0];
    return { code: error.code, pointer: first?.pointer ?? '-', detail: first?.detail ?? '-' };
  }
  throw new Error('expected a refusal');
}

const refused: [string, string, string][] = [
  ['{"a":1,"a":2}', '/a', 'found this name twice'],
  ['{"a":1,"\\u0061":2}', '/a', 'found this name twice'],
  ['[{"x":{"__proto__":{}}}]', '/0/x/__proto__', '__proto__'],
  ['{"\\u005f_proto__":1}', '/__proto__', '__proto__'],
  ['{"a/b":{"c~d":[0,"\\ud800"]}}', '/a~1b/c~0d/1', 'lone surrogate'],
  ['["\\udc00\\ud800"]', '/0', 'lone surrogate'],
  ['["\ud800"]', '/0', 'lone surrogate'],
  ['{"\\ud83d":1}', '', 'lone surrogate'],
  ['9007199254740992', '', '2^53'],
  ['-9007199254740993', '', '2^53'],
  ['1e21', '', '2^53'],
  ['1e400', '', 'beyond the range'],
  ['50.0000000000000001', '', 'more digits'],
  ['0.1000000000000000055511151231257827', '', 'more digits'],
  ['1e-400', '', 'more digits'],
  ['123456789012345678e-5', '', 'more digits'],
  ['1e-99999999999999999999999', '', 'more digits'],
  ['01', '', 'expected the end'],
  ['+1', '', 'expected a value'],
  ['.5', '', 'expected a value'],
  ['1.', '', 'expected the end'],
  ['0x10', '', 'expected the end'],
  ['NaN', '', 'expected a value'],
  ['-Infinity', '', 'expected a value'],
  ['1 2', '', 'expected the end'],
  ['{} x', '', 'expected the end'],
  ['{"a":1,}', '', 'expected a member name'],
  ['[1,]', '/1', 'expected a value'],
  ['[1 2]', '', "expected ','"],
  ['{"a" 1}', '/a', "expected ':'"],
  ["{'a':1}", '', 'expected a member name'],
  ['"a', '', 'end of a string'],
  ['"a\nb"', '', 'control characters'],
  ['"\\x41"', '', 'known escape'],
  ['"\\u12g4"', '', 'four hexadecimal'],
  ['tru', '', 'expected a value'],
  ['nullx', '', 'expected the end'],
  ['// c\n1', '', 'expected a value'],
  ['\ufeff{}', '', 'expected a value'],
  ['\u00a01', '', 'expected a value'],
  ['', '', 'expected a value'],
  ['[', '/0', 'expected a value'],
];

describe('strict JSON', () => {
  it.each(refused)('refuses %j at %j', (text, pointer, detail) => {
    const refusedAs = refusal(() => parseStrictJson(text));
    expect(refusedAs).toMatchObject({ code: 'malformed', pointer });
    expect(refusedAs.detail).toContain(detail);
  });

  it.each<[string, JsonValue]>([
    ['5e1', 50],
    ['50.0', 50],
    ['-0', 0],
    ['-0.0e5', 0],
    ['0e999999999', 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['900719925474099.1', 900719925474099.1],
    ['0.1', 0.1],
    ['1.10', 1.1],
    ['5e-324', 5e-324],
    [' \t\r\n[ ] ', []],
    ['{"constructor":1,"toString":null}', { constructor: 1, toString: null }],
    ['"\\ud83d\\ude00\\/\\u0000"', '😀/\0'],
  ])('reads %j', (text, value) => {
    // toEqual tells -0 from 0.
    expect(parseStrictJson(text)).toEqual(value);
  });

  it('reads whatever JSON.stringify writes, as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        const beyond = JSON.stringify(value, (_, inner) =>
          typeof inner === 'number' && Math.abs(inner) > Number.MAX_SAFE_INTEGER ? 0 : inner,
        );
        if (text.includes('"__proto__"')) return;
        if (/\\ud[89a-f]/.test(beyond)) return;
        expect(parseStrictJson(beyond)).toEqual(JSON.parse(beyond));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads a number only when writing it again gives the same decimal value', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 22n), 10n ** 22n), fc.nat(40), (digits, places) => {
        const literal = `${digits}e-${places}`;
        const shortest = exactDecimal(String(Number(literal)));
        const isExact =
          sameDecimal(exactDecimal(literal), shortest) && Math.abs(Number(literal)) <= 2 ** 53 - 1;
        if (isExact) expect(parseStrictJson(literal)).toBe(Number(literal) + 0);
        else expect(() => parseStrictJson(literal)).toThrow(AppError);
      }),
      { numRuns: 5000 },
    );
  });

  it('throws nothing but a named refusal, whatever the text', () => {
    const alphabet = fc.constantFrom(
      ...'{}[]",:\\u0d8-+.eE19 tfn\ud800é'.split(''),
      '"a"',
      'true',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        let value: JsonValue;
        try {
          value = parseStrictJson(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          return;
        }
        expect(value).toEqual(normalZero(JSON.parse(text)));
      }),
      { numRuns: 5000 },
    );
  });

  it('keeps to its limits', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseStrictJson(nested(32))).toBeDefined();
    expect(refusal(() => parseStrictJson(nested(33))).detail).toContain('32 levels');
    const members = (count: number) => `{${Array.from({ length: count }, (_, n) => `"k${n}":0`).join()}}`;
    expect(Object.keys(parseStrictJson(members(2000)) ?? {})).toHaveLength(2000);
    expect(refusal(() => parseStrictJson(members(2001)))).toMatchObject({
      code: 'malformed',
      pointer: '/k2000',
    });
    expect(parseStrictJson(`"${'x'.repeat(16384)}"`)).toHaveLength(16384);
    expect(refusal(() => parseStrictJson(`"${'x'.repeat(16385)}"`)).detail).toContain('16384');
    expect(refusal(() => parseStrictJson(`[${' '.repeat(131071)}]`)).code).toBe('too_large');
    expect(refusal(() => parseStrictJson(`"${'é'.repeat(60000)}"`, { bytes: 100000 })).code).toBe(
      'too_large',
    );
  });

  it('is quick on hostile documents of the full size', () => {
    const hostile = {
      deep: '['.repeat(131072),
      digits: '1'.repeat(131072),
      exponent: `1e${'9'.repeat(131000)}`,
      fraction: `0.${'1'.repeat(131000)}`,
      zeros: `0.${'0'.repeat(130000)}1`,
      escapes: `["${'\\u0041'.repeat(2700)}"${',"\\\\\\\\"'.repeat(10000)}]`,
      numbers: `[${'0.1,'.repeat(32000)}0]`,
      powers: `[${'1e1,'.repeat(32000)}0]`,
      precise: `[${'0.1234567890123450,'.repeat(6890)}0]`,
      tiny: `[${'1.0e-310,'.repeat(14000)}0]`,
      names: `{${Array.from({ length: 2000 }, (_, n) => `"${n * 7919}":"${'y'.repeat(40)}"`).join()}}`,
      spaces: ' '.repeat(131072),
      quotes: '"'.repeat(131072),
    };
    const slowest = Object.entries(hostile).map(([name, text]) => {
      const times = Array.from({ length: 5 }, () => timeOf(text));
      return { name, milliseconds: Math.min(...times) };
    });
    console.log(slowest.map(({ name, milliseconds }) => `${name} ${milliseconds.toFixed(2)} ms`).join(', '));
    for (const { name, milliseconds } of slowest) expect(milliseconds, name).toBeLessThan(50);
  });
});

describe('a JSON body', () => {
  const post = (body: BodyInit | null, headers: HeadersInit = { 'content-type': 'application/json' }) =>
    new Request('http://desk.test/', { method: 'POST', body, headers });
  const codeOf = (request: Request, limits = {}) =>
    readJsonBody(request, limits).then(
      () => 'read',
      (error: AppError) => error.code,
    );

  it('is read when it is JSON in UTF-8', async () => {
    expect(await readJsonBody(post('{"a":"é"}'))).toEqual({ a: 'é' });
    expect(await codeOf(post('1', { 'content-type': 'Application/JSON; charset="UTF-8"' }))).toBe('read');
  });

  it('is refused by its type, coding, size and bytes', async () => {
    for (const type of [
      'text/plain',
      'application/json5',
      'application/json; charset=latin1',
      'text/json,application/json',
    ]) {
      expect(await codeOf(post('1', { 'content-type': type })), type).toBe('unsupported_media');
    }
    expect(await codeOf(post('1', { 'content-type': 'application/json', 'content-encoding': 'gzip' }))).toBe(
      'unsupported_media',
    );
    expect(await codeOf(post(null))).toBe('malformed');
    expect(await codeOf(post('  '))).toBe('malformed');
    expect(await codeOf(post(new Uint8Array([0x22, 0xc3, 0x28, 0x22])))).toBe('malformed');
    expect(await codeOf(post(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])))).toBe('malformed');
    expect(await codeOf(post(new Uint8Array([0xef, 0xbb, 0xbf, 0x31])))).toBe('malformed');
    expect(await codeOf(post('"12345678"'), { bytes: 9 })).toBe('too_large');
    expect(await codeOf(post('"12345678"'), { bytes: 10 })).toBe('read');
  });

  it('stops reading a stream once it is too large', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent++;
        controller.enqueue(new Uint8Array(1024).fill(0x20));
      },
    });
    const request = new Request('http://desk.test/', {
      method: 'POST',
      body: endless,
      headers: { 'content-type': 'application/json' },
      // The type of RequestInit lacks the member that Node requires for a streamed body.
      ...({ duplex: 'half' } as object),
    });
    expect(await codeOf(request)).toBe('too_large');
    expect(sent).toBeLessThan(140);
  });
});

function timeOf(text: string): number {
  const start = performance.now();
  try {
    parseStrictJson(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return performance.now() - start;
}

/** An independent reading of a literal: integer and power of ten, both exact. */
function exactDecimal(literal: string): { digits: bigint; power: number } {
  const [mantissa = '', exponent = '0'] = literal.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), power: Number(exponent) - fraction.length };
}

function sameDecimal(a: { digits: bigint; power: number }, b: { digits: bigint; power: number }): boolean {
  const low = Math.min(a.power, b.power);
  return a.digits * 10n ** BigInt(a.power - low) === b.digits * 10n ** BigInt(b.power - low);
}

function normalZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
