import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { fieldRows, sameJson } from './field-rows';

const short = (after: JsonValue, before?: JsonValue) =>
  fieldRows(after, before).map((row) => `${'  '.repeat(row.depth)}${row.label} ${row.kind} ${row.state}`);

describe('Every field of a payload becomes one row, and no field is left out, whatever its shape.', () => {
  test('Objects and lists are walked; empty ones are values.', () => {
    expect(short({ order: 1, lines: [{ id: 'a', n: 1 }], tags: [], note: null })).toEqual([
      'order leaf only',
      'lines group only',
      '  a group only',
      '    id leaf only',
      '    n leaf only',
      'tags leaf only',
      'note leaf only',
    ]);
  });

  test('A change, an addition and a removal are told apart, and what stayed is shown too.', () => {
    expect(short({ a: 1, b: 2, d: { e: 1 } }, { a: 1, b: 3, c: 4, d: { e: 2 } })).toEqual([
      'a leaf same',
      'b leaf changed',
      'd group changed',
      '  e leaf changed',
      'c leaf removed',
    ]);
  });

  test('List items are matched by id, so an insertion in front changes nothing else.', () => {
    const rows = fieldRows([{ id: 2 }, { id: 1 }], [{ id: 1 }]);
    expect(rows.map((row) => [row.pointer, row.label, row.state])).toEqual([
      ['/0', '2', 'added'],
      ['/0/id', 'id', 'added'],
      ['/1', '1', 'same'],
      ['/1/id', 'id', 'same'],
    ]);
  });

  test('A value that became an object is one changed row, so nothing of either side is hidden.', () => {
    expect(fieldRows({ a: { b: 1 } }, { a: 1 })).toMatchObject([
      { kind: 'leaf', state: 'changed', before: 1, after: { b: 1 } },
    ]);
  });

  test('An amount knows the currency beside it, and only a real code.', () => {
    expect(fieldRows({ amount: 5, currency: 'EUR' })[0]?.currency).toBe('EUR');
    expect(fieldRows({ amount: 5, currency: 'eu' })[0]?.currency).toBeUndefined();
  });

  test('Every leaf of any JSON is in some row, and names like __proto__ are only names.', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // jsonValue of fast-check is JSON by contract; its type is wider than ours.
        const json = JSON.parse(JSON.stringify(value)) as JsonValue;
        const leaves = fieldRows(json).filter((row) => row.kind === 'leaf');
        expect(leaves.length).toBe(countLeaves(json));
        expect(fieldRows(json, json).every((row) => row.state === 'same')).toBe(true);
        expect(sameJson(json, json)).toBe(true);
      }),
    );
    expect(short(JSON.parse('{"__proto__": {"x": 1}}'))).toEqual(['__proto__ group only', '  x leaf only']);
  });
});

function countLeaves(value: JsonValue): number {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return 1;
  return Object.values(value).reduce<number>((sum, item) => sum + countLeaves(item), 0);
}
