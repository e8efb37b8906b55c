import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { isPathOf, mask, maskAlike, maskPayload, maskReasons, restoreMasked } from './masking';

const payload = { to: 'DE89', amount: 412, lines: [{ iban: 'FR76', note: 'x' }], 'a/b': { '~': 1 } };

describe('what the agent marked sensitive is shown as a mask, and an edit that leaves the mask leaves the value', () => {
  it('masks fields, whole objects and list elements, and points to them', () => {
    expect(
      maskPayload(payload, ['payload.to', 'payload.lines.0.iban', 'payload.a/b.~', 'payload.gone']),
    ).toEqual({
      payload: { to: mask, amount: 412, lines: [{ iban: mask, note: 'x' }], 'a/b': { '~': mask } },
      masked: ['/to', '/lines/0/iban', '/a~1b/~0'],
    });
    expect(maskPayload(payload, ['payload.lines']).payload).toMatchObject({ lines: mask });
  });

  it('never reads what an object inherits', () => {
    expect(
      maskPayload(payload, ['payload.constructor', 'payload.__proto__.x', 'payload.lines.length']),
    ).toEqual({
      payload,
      masked: [],
    });
  });

  it('gives untouched masks their values back and keeps what was typed over them', () => {
    const edited = { ...payload, to: mask, amount: 5, lines: [{ iban: 'DE02', note: mask }] };
    expect(restoreMasked(edited, payload, ['payload.to', 'payload.lines.0.iban'])).toEqual({
      ...payload,
      amount: 5,
      lines: [{ iban: 'DE02', note: mask }],
    });
  });

  it('is undone by an edit that changes nothing, whatever the payload and whatever is hidden', () => {
    const key = fc.constantFrom('a', 'b', 'c', '0', '1');
    const { tree } = fc.letrec<{ tree: JsonValue; leaf: JsonValue }>((tie) => ({
      leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
      tree: fc.oneof(
        { maxDepth: 4 },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 3 }),
      ),
    }));
    const path = fc.array(key, { minLength: 1, maxLength: 4 }).map((steps) => `payload.${steps.join('.')}`);
    fc.assert(
      fc.property(
        fc.dictionary(key, tree, { maxKeys: 3 }),
        fc.array(path, { maxLength: 4 }),
        (original, sensitive) => {
          const shown = maskPayload(original, sensitive).payload;
          expect(restoreMasked(shown, original, sensitive)).toEqual(original);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('masks what describes the same fields at the same paths, and leaves the rest', () => {
    expect(maskAlike({ to: 'DE89', terms: 'Net-30' }, ['payload.to'])).toEqual({ to: mask, terms: 'Net-30' });
    expect(maskAlike('Net-30', ['payload.to'])).toBe('Net-30');
  });

  it('knows a path that is there from one that is not, a key with a dot and an inherited name among them', () => {
    for (const there of ['payload.to', 'payload.lines.0.iban', 'payload.a/b'])
      expect(isPathOf(payload, there)).toBe(true);
    for (const gone of ['payload.too', 'payload.lines.1', 'payload.lines.length', 'payload.constructor'])
      expect(isPathOf(payload, gone)).toBe(false);
    expect(isPathOf({ 'a.b': 1 }, 'payload.a.b')).toBe(false);
  });

  it('hides the facts of a reason at, above and below a hidden path', () => {
    const fact = (path: string) => ({ path, operator: 'eq', value: 'secret', threshold: 'x' });
    const reason = {
      document: 'd',
      rule: 'r',
      guardrail: false,
      outcome: 'deny' as const,
      text: '',
      missing: [],
      facts: ['payload.to', 'payload.to.iban', 'payload.total'].map(fact),
    };
    const shown = (hidden: string) =>
      maskReasons([reason], [hidden]).flatMap(({ facts }) => facts.map(({ value }) => value));
    expect(shown('payload.to')).toEqual([mask, mask, 'secret']);
    expect(shown('payload.to.iban.country')).toEqual([mask, mask, 'secret']);
  });
});
