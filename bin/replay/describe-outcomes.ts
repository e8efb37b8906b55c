import type { Outcome } from './replay-call';

const waitingShown = 200;

/** The report of a replay: outcomes by tool, how they spread, and what waits for people. */
export function describeOutcomes(outcomes: readonly Outcome[], seconds: number): string {
  const decisions = [...new Set(outcomes.map((outcome) => outcome.decision))].sort(byFamiliarity);
  const sent = outcomes.filter((outcome) => outcome.problem === null);
  const known = outcomes.filter((outcome) => outcome.replayed).length;
  const rate = seconds > 0 ? Math.round(outcomes.length / seconds) : 0;
  const share = (count: number) => `${((100 * count) / Math.max(outcomes.length, 1)).toFixed(1)} %`;
  const spread = decisions.map((decision) => {
    const count = outcomes.filter((outcome) => outcome.decision === decision).length;
    return `${decision} ${count} (${share(count)})`;
  });
  return [
    table(outcomes, decisions),
    '',
    `${outcomes.length} calls in ${seconds.toFixed(1)} s (${rate} a second): ${spread.join(', ')}.`,
    ...(known > 0 ? [`${known} of them were known from an earlier run: nothing was asked twice.`] : []),
    ...executed(sent),
    ...refusals(outcomes),
    ...waiting(sent),
  ].join('\n');
}

function table(outcomes: readonly Outcome[], decisions: readonly string[]): string {
  const tools = [...new Set(outcomes.map((outcome) => outcome.tool))].sort();
  const count = (tool: string, decision: string) =>
    outcomes.filter((outcome) => outcome.tool === tool && outcome.decision === decision).length;
  const rows = tools.map((tool) => {
    const counts = decisions.map((decision) => count(tool, decision));
    return [
      tool,
      ...[counts.reduce((sum, each) => sum + each, 0), ...counts].map((each) => String(each || '·')),
    ];
  });
  const all = [['tool', 'calls', ...decisions], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

function executed(outcomes: readonly Outcome[]): string[] {
  const done = outcomes.filter((outcome) => outcome.execution === 'succeeded').length;
  return done > 0 ? [`${done} were executed: redeemed, and their result reported.`] : [];
}

function refusals(outcomes: readonly Outcome[]): string[] {
  const refused = outcomes.filter((outcome) => outcome.problem !== null);
  const lines = refused
    .slice(0, 20)
    .map(({ number, status, problem }) => `  line ${number}: ${status} ${problem}`);
  return refused.length > 0 ? ['', `${refused.length} calls were refused by the API:`, ...lines] : [];
}

function waiting(outcomes: readonly Outcome[]): string[] {
  const held = outcomes.filter((outcome) => outcome.status === 'pending');
  if (held.length === 0) return ['Nothing waits for people.'];
  const lines = held
    .slice(0, waitingShown)
    .map(({ tool, rule, risk, url }) => `  ${tool} (${rule}, risk ${risk})  ${url}`);
  const more = held.length > waitingShown ? [`  and ${held.length - waitingShown} more`] : [];
  return ['', `${held.length} wait for people:`, ...lines, ...more];
}

function byFamiliarity(a: string, b: string): number {
  const order = ['allow', 'require_approval', 'require_step_up', 'draft', 'deny', 'refused'];
  return order.indexOf(a) - order.indexOf(b);
}
