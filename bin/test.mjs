import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './install.mjs';
import { root } from './paths.mjs';
import { isStopping, runToEnd } from './processes.mjs';
import { runMain } from './run-main.mjs';
import { say } from './say.mjs';
import { addTotals, closingLine, readTotals } from './totals.mjs';

const RESULTS = path.join(root, '.data', 'results');
/** With --quick: what needs neither database nor build. */
const isQuick = process.argv.includes('--quick');

// `npm test` and `npm run check`: everything, to the end, whatever fails; one closing line of totals.
runMain(async () => {
  await ensureInstalled();
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  const steps = isQuick ? quickSteps() : [...quickSteps(), ...slowSteps()];
  const results = [];
  for (const { title, args, report } of steps) {
    say(`\n── ${title}`);
    const code = await runToEnd(process.execPath, args, { env: envOf(report) });
    if (isStopping()) return 130;
    const totals = readTotals(report, code);
    results.push({ title, totals });
  }
  const sum = addTotals(results.map((result) => result.totals));
  const failed = results.filter((result) => result.totals.failed > 0).map((result) => result.title);
  say(failed.length > 0 ? `\nFailed: ${failed.join('; ')}` : '');
  say(closingLine(sum));
  return sum.failed > 0 ? 1 : 0;
});

function quickSteps() {
  return [
    { title: 'Format and lint', args: [tool('@biomejs/biome/bin/biome'), 'ci', '.'] },
    { title: 'Types', args: [bin('types.mjs')] },
    vitest('rules', 'Rules and house'),
  ];
}

function slowSteps() {
  const journeys = {
    title: 'Journeys in the browser',
    args: [bin('journeys.mjs'), '--pass-with-no-tests'],
    report: path.join(RESULTS, 'journeys.json'),
  };
  return [
    vitest('db', 'Verbs on PostgreSQL'),
    { title: 'Production build', args: [bin('prepare.mjs')] },
    journeys,
  ];
}

function vitest(project, title) {
  const report = path.join(RESULTS, `${project}.json`);
  const flags = [
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--passWithNoTests',
  ];
  return {
    title,
    args: [tool('vitest/vitest.mjs'), 'run', '--config', path.join('bin', 'vitest.config.mjs'), ...flags],
    report,
  };
}

/** An operator's settings must not reach the tests' databases. */
function envOf(report) {
  const { DATABASE_URL: _database, ...env } = process.env;
  return { ...env, CI: '1', ...(report ? { E2E_RESULTS: report } : {}) };
}

function tool(file) {
  return path.join(root, 'node_modules', file);
}

function bin(file) {
  return path.join(root, 'bin', file);
}
