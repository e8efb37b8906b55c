import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { amountOf, showValue } from './show-value';

describe('What is shown of a value says everything about it: a number that is text looks different from a number.', () => {
  test.each([
    [12345, '12345'],
    ['12345', '"12345"'],
    [null, 'null'],
    ['null', '"null"'],
    ['', '""'],
    [' x', '" x"'],
    ['Goods returned, grade A', 'Goods returned, grade A'],
    [[], '[]'],
    ['[]', '"[]"'],
  ])('%j', (value: JsonValue, text) => {
    expect(showValue(value).text).toBe(text);
  });

  test('Money is grouped and never rounded; the exact number stays at hand.', () => {
    expect(showValue(6000, 'EUR')).toEqual({ text: '6,000.00 EUR', raw: '6000' });
    expect(showValue(0.1234567, 'EUR').text).toBe('0.1234567 EUR');
    expect(amountOf({ amount: 5940.005, currency: 'EUR' })).toBe('€5,940.005');
    expect(amountOf({ amount: '5940', currency: 'EUR' })).toBeNull();
    expect(amountOf(JSON.parse('{"amount": 1, "__proto__": {"currency": "EUR"}}'))).toBeNull();
  });

  test('Two different scalars never look the same.', () => {
    const scalar = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(scalar, scalar, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(showValue(one).text).not.toBe(showValue(other).text);
      }),
    );
  });
});
