import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hidesSomething, plainText, scanText } from './scan-text';

describe('Nothing that an agent writes may be invisible: each hidden character becomes a mark that can be seen.', () => {
  test.each([
    ['pay \u202E0006 EUR', 'pay ⟦U+202E⟧0006 EUR'],
    ['a\u200Bb\u200Dc\uFEFFd', 'a⟦U+200B⟧b⟦U+200D⟧c⟦U+FEFF⟧d'],
    ['ok\u{E0041}\u{E0020}', 'ok⟦U+E0041⟧⟦U+E0020⟧'],
    ['\u001b[31mred\u0000', '⟦U+001B⟧[31mred⟦U+0000⟧'],
    ['soft\u00ADhyphen\u3164\u2800', 'soft⟦U+00AD⟧hyphen⟦U+3164⟧⟦U+2800⟧'],
    ['x\uFE0Fy\u{E0100}', 'x⟦U+FE0F⟧y⟦U+E0100⟧'],
    ['a\uD800b', 'a⟦U+D800⟧b'],
    [`top${'\n'.repeat(5000)}bottom`, 'top⟦5000 line breaks⟧bottom'],
    ['e\u0301\u0301\u0301\u0301\u0301', 'e⟦5 stacked accents⟧'],
  ])('case %#', (text, shown) => {
    expect(plainText(text)).toBe(shown);
  });

  test.each([
    'Crème brûlée, naïve — “fine” 12 €',
    'Привет, мир',
    '日本語のテキスト',
    'שלום',
    'a\nb\n\nc\td',
    '👩🏽‍💻 ❤️ 1️⃣ 👨‍👩‍👧',
  ])('ordinary writing is left alone: %j', (text) => {
    expect(hidesSomething(text)).toBe(false);
  });

  test('A word in two look-alike alphabets is pointed out.', () => {
    expect(scanText('to p\u0430ypal.com now')).toEqual([
      { kind: 'plain', text: 'to ' },
      { kind: 'mixed', text: 'p\u0430ypal' },
      { kind: 'plain', text: '.com now' },
    ]);
  });

  test('No text is lost or changed, and no hidden character is left in a plain part.', () => {
    const unit = fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\r',
      '\u200D',
      '\u202E',
      '\u{E0041}',
      '\uFE0F',
      '👩',
      '\u0430',
      '\u0301',
      '\uD800',
      '0',
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit, maxLength: 40 })), (text) => {
        const parts = scanText(text);
        expect(parts.map((part) => part.text).join('')).toBe(text);
        const plain = parts.flatMap((part) => (part.kind === 'plain' ? [part.text] : [])).join('\n');
        expect(/[\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}\u200B]/u.test(plain)).toBe(false);
      }),
      { numRuns: 500 },
    );
  }, 30_000);
});
