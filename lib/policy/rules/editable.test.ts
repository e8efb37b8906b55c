import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonValue } from '../schema';
import { editableError } from './editable';

const mail: JsonValue = {
  to: 'a@b.test',
  subject: 'Hi',
  body: { text: 'x', cc: ['c@d.test'] },
  lines: [{ n: 1 }, { n: 2 }],
};
const edited = (change: { [key: string]: JsonValue }): JsonValue => ({
  ...(mail as { [key: string]: JsonValue }),
  ...change,
}); // as: an object as written above

it.each([
  ['the whole payload', null, { subject: 'Yo', to: 'z@b.test' }, []],
  ['a new key in the whole payload', null, { extra: 1 }, []],
  ['a type in the whole payload', null, { subject: 5 }, ['/subject']],
  ['null for a text', null, { subject: null }, ['/subject']],
  ['an editable field', ['payload.subject'], { subject: 'Yo' }, []],
  ['a field that isn’t editable', ['payload.subject'], { subject: 'Yo', to: 'z@b.test' }, ['/to']],
  ['a locked payload', [], { subject: 'Yo' }, ['/subject']],
  ['nothing of a locked payload', [], {}, []],
  ['a new key outside', ['payload.subject'], { extra: 1 }, ['/extra']],
  ['a new key inside', ['payload.body'], { body: { text: 'y', cc: ['c@d.test'], bcc: 'q' } }, []],
  ['a lost key inside', ['payload.body'], { body: { cc: [] } }, []],
  ['a lost key outside', ['payload.body.text'], { body: { text: 'y' } }, ['/body/cc']],
  ['a longer list inside', ['payload.body.cc'], { body: { text: 'x', cc: ['q', 'r'] } }, []],
  [
    'another type in a list inside',
    ['payload.body.cc'],
    { body: { text: 'x', cc: ['q', 5] } },
    ['/body/cc/1'],
  ],
  [
    'a longer list outside',
    ['payload.body.text'],
    { body: { text: 'x', cc: ['c@d.test', 'r'] } },
    ['/body/cc/1'],
  ],
  ['one element of a list', ['payload.lines.1.n'], { lines: [{ n: 1 }, { n: 3 }] }, []],
  ['the other element of a list', ['payload.lines.1.n'], { lines: [{ n: 3 }, { n: 2 }] }, ['/lines/0/n']],
  ['a name that only begins alike', ['payload.sub'], { subject: 'Yo' }, ['/subject']],
] as [string, string[] | null, { [key: string]: JsonValue }, string[]][])(
  'judges an edit of %s',
  (_what, editable, change, pointers) => {
    expect(editableError(editable, mail, edited(change)).map(({ pointer }) => pointer)).toEqual(pointers);
  },
);

it('refuses a payload of another type, and sees own keys only', () => {
  expect(editableError(null, mail, [])).toHaveLength(1);
  expect(editableError([], {}, JSON.parse('{"__proto__": 1}'))).toEqual([
    { pointer: '/__proto__', detail: 'can’t be added' },
  ]);
  expect(editableError([], { 'a/b~c': 1 }, { 'a/b~c': 2 })[0]?.pointer).toBe('/a~1b~0c');
});

it('lets an unchanged payload stand, and any change of a locked one be seen', () => {
  const runs = 5000;
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const [before, after] = [a, b].map((value) => JSON.parse(JSON.stringify(value)) as JsonValue); // as: JSON again
      if (before === undefined || after === undefined) return;
      expect(editableError([], before, before)).toEqual([]);
      const same = JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
      expect(editableError([], before, after).length === 0).toBe(same);
    }),
    { numRuns: runs },
  );
  console.info(`editable: ${runs} pairs`);
});

/** With the keys of every object in order, so that equal values have equal text. */
function sorted(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return { object: entries.map(([key, inner]) => [key, sorted(inner)]) };
}
