import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addTotals, closingLine, readTotals } from './totals.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'countersign-totals-'));

function report(content: unknown): string {
  const file = path.join(folder, `${Math.random()}.json`);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

test('The closing line names what passed and failed, and what was skipped only if something was', () => {
  expect(closingLine({ passed: 412, failed: 0, skipped: 0 })).toBe('tests: 412 passed, 0 failed');
  expect(closingLine({ passed: 1, failed: 2, skipped: 3 })).toBe('tests: 1 passed, 2 failed, 3 skipped');
});

test('A step without a report counts as one test', () => {
  expect(readTotals(undefined, 0)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect(readTotals(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('A step that failed counts a failure even if no test of it did, or its report is missing', () => {
  const green = report({ numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 });
  expect(readTotals(green, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  expect(readTotals(path.join(folder, 'none.json'), 1).failed).toBe(1);
});

test('A journey that passed only on a second try failed', () => {
  expect(readTotals(report({ stats: { expected: 7, unexpected: 1, flaky: 2, skipped: 1 } }), 1)).toEqual({
    passed: 7,
    failed: 3,
    skipped: 1,
  });
});

test('No step can hide the failure of another', () => {
  const totals = fc.record({ passed: fc.nat(999), failed: fc.nat(999), skipped: fc.nat(999) });
  fc.assert(
    fc.property(fc.array(totals), (all) => {
      expect(addTotals(all).failed > 0).toBe(all.some((one) => one.failed > 0));
    }),
  );
});
