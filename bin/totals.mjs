import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */

/**
 * What a step's report says (vitest's JSON or Playwright's), or, for a step without one, its exit code as one test.
 * A step that failed counts at least one failure, whatever its report says: a file that didn't load has no tests.
 * @param {string | undefined} file
 * @param {number} exitCode
 * @returns {Totals}
 */
export function readTotals(file, exitCode) {
  const isReported = file !== undefined && existsSync(file);
  const totals = isReported ? totalsOf(JSON.parse(readFileSync(file, 'utf8'))) : noTotals();
  if (file === undefined && exitCode === 0) return { ...totals, passed: 1 };
  return exitCode !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}

/** @param {Totals[]} all @returns {Totals} */
export function addTotals(all) {
  return all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    noTotals(),
  );
}

/** The last line of `npm test`, such as `tests: 412 passed, 0 failed`. @param {Totals} totals */
export function closingLine({ passed, failed, skipped }) {
  return `tests: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function totalsOf(report) {
  if ('numPassedTests' in report) {
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    };
  }
  // Playwright: what passed only on a second try is no pass.
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected, failed: unexpected + flaky, skipped };
}

function noTotals() {
  return { passed: 0, failed: 0, skipped: 0 };
}
