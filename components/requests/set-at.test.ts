import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { fieldRows } from './field-rows';
import { mayEdit, setAt } from './set-at';

describe('Setting one value leaves everything else of the payload as it was.', () => {
  test('The value is set and the input is untouched.', () => {
    const before = { a: [{ b: 1 }, 2], c: 3 };
    expect(setAt(before, ['a', 0, 'b'], 9)).toEqual({ a: [{ b: 9 }, 2], c: 3 });
    expect(before).toEqual({ a: [{ b: 1 }, 2], c: 3 });
    expect(setAt(before, ['x', 'y'], 9)).toEqual(before);
  });

  test('Every leaf can be set, and only its own row changes.', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, pick) => {
        // jsonValue of fast-check is JSON by contract; its type is wider than ours.
        const json = JSON.parse(JSON.stringify(value)) as JsonValue;
        const leaves = fieldRows(json).filter((row) => row.kind === 'leaf');
        const leaf = leaves[pick % leaves.length];
        if (!leaf || leaf.path.length === 0) return;
        const path = leaf.label === 'value' && leaf.pointer === '' ? [] : leaf.path;
        const changed = setAt(json, path, 'a value that is new');
        expect(setAt(changed, path, leaf.after ?? null)).toEqual(json);
      }),
    );
  });

  test('A document that names editable fields locks the others.', () => {
    expect(mayEdit(null, ['amount'])).toBe(true);
    expect(mayEdit([], ['amount'])).toBe(false);
    expect(mayEdit(['payload.body'], ['body', 'text'])).toBe(true);
    expect(mayEdit(['payload.body'], ['bodyguard'])).toBe(false);
  });
});
