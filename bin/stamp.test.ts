import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { clearStamp, contentHash, isFresh, writeStamp } from './stamp.mjs';

let base = '';

beforeEach(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'countersign-stamp-'));
  mkdirSync(path.join(base, 'lib'));
  writeFileSync(path.join(base, 'lib', 'a.ts'), 'one');
});

test('The hash changes with a byte, a name, a new file and what else it depends on, and with nothing else', () => {
  const of = (extra = '') => contentHash(['lib', 'missing.json'], { base, extra });
  const first = of();
  writeFileSync(path.join(base, 'elsewhere.ts'), 'x');
  expect(of()).toBe(first);
  const seen = new Set([first, of('other')]);
  writeFileSync(path.join(base, 'lib', 'a.ts'), 'two');
  seen.add(of());
  renameSync(path.join(base, 'lib', 'a.ts'), path.join(base, 'lib', 'b.ts'));
  seen.add(of());
  writeFileSync(path.join(base, 'missing.json'), '');
  seen.add(of());
  expect(seen.size).toBe(5);
});

test('Content moved from one file into the next is a change', () => {
  const of = () => contentHash(['lib'], { base });
  writeFileSync(path.join(base, 'lib', 'b.ts'), 'two');
  const first = of();
  writeFileSync(path.join(base, 'lib', 'a.ts'), 'onetwo');
  writeFileSync(path.join(base, 'lib', 'b.ts'), '');
  expect(of()).not.toBe(first);
});

test('Work is fresh only while its stamp says the same, and never after the artefact was deleted', () => {
  const stamp = path.join(base, 'dist', '.stamp');
  expect(isFresh(stamp, 'h')).toBe(false);
  writeStamp(stamp, 'h');
  expect([isFresh(stamp, 'h'), isFresh(stamp, 'other')]).toEqual([true, false]);
  clearStamp(stamp);
  expect(isFresh(stamp, 'h')).toBe(false);
  writeStamp(stamp, 'h');
  rmSync(path.join(base, 'dist'), { recursive: true });
  expect(isFresh(stamp, 'h')).toBe(false);
});
