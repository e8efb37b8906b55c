import { Client } from 'pg';
import { submitRequest } from '@/lib/approvals/submit-request';
import { runPolicyBench } from '@/lib/policy/bench';
import { serveAgents, startAgentServer } from './bench/agent-server';
import { type BenchOrg, makeBenchOrg } from './bench/bench-org';
import { closedLoop, httpLoad, requestBytes } from './bench/http-load';
import { measureNotify, measureWake } from './bench/measure-wake';
import { throwAwayDatabase } from './bench/throw-away-database';
import { makeYardstick } from './bench/yardstick';

/** A figure beside the limit measured in the same run; the goal is the ratio that design/performance asks for. */
type Line = { figure: string; found: string; limit: string; ratio: string; goal: string };

const seconds = 3;
/** The server takes about fifty connections, and the yardstick needs one each. */
const limitClients = 32;

void (process.argv.includes('--serve') ? serveAgents(Number(process.env.PORT)) : main());

async function main(): Promise<void> {
  const database = await throwAwayDatabase();
  let stopServer = async () => {};
  try {
    Object.assign(process.env, database.env);
    const port = Number(database.env.PORT);
    const yardstick = await makeYardstick(database.ownerUrl, database.env.DATA_DIR ?? '');
    const org = await makeBenchOrg(100);
    stopServer = (await startAgentServer()).stop;
    const lines = [...policyLines()];
    await settleStatistics(database.ownerUrl, org);
    lines.push(...(await recordingLines(yardstick.rate, org)));
    lines.push(...(await httpLines(yardstick.rate, port, org)));
    lines.push(...(await wakeLines(database.ownerUrl, port, org)));
    const by = `Single inserts by ${yardstick.by}, ${limitClients} clients; medians and rates of one short run on a shared machine, ± 30 %.`;
    process.stdout.write(`\n${tableOf(lines)}\n${by}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
  await stopServer();
  await database.stop();
  process.exit();
}

function policyLines(): Line[] {
  say('policy');
  return runPolicyBench().map(({ rules, shape, nsOutcome, nsJudge, nsLimit }) => ({
    figure: `policy outcome, ${rules} rules, ${shape}`,
    found: `${nsOutcome.toFixed(0)} ns (with reasons ${nsJudge.toFixed(0)})`,
    limit: `${nsLimit.toFixed(0)} ns closures`,
    ratio: times(nsOutcome / nsLimit),
    goal: '≤ 3×',
  }));
}

type Rate = (clients: number, seconds: number) => Promise<number>;

/** A living database has statistics of its tables; without them foreign keys are checked by plans for empty ones. */
async function settleStatistics(ownerUrl: string, org: BenchOrg): Promise<void> {
  const [agent] = org.agents;
  const ask = () => ({ action: 'refund.create', payload: { amount: 10, order: nextNumber() } });
  if (agent) await closedLoop(32, 2, () => submitRequest(agent.ctx, ask(), null).then(() => undefined));
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query('ANALYZE');
  await owner.end();
}

async function recordingLines(limitOf: Rate, org: BenchOrg): Promise<Line[]> {
  say('recorded decisions inside the process');
  const ask = () => ({ action: 'refund.create', payload: { amount: 10, order: nextNumber() } });
  const submit = async (caller: number) => {
    const agent = org.agents[caller % org.agents.length];
    if (agent) await submitRequest(agent.ctx, ask(), null);
  };
  const lines: Line[] = [];
  for (const [callers, goal] of [
    [32, '≥ 2×'],
    [128, '≥ 3× (moonshot)'],
  ] as const) {
    const limit = await limitOf(limitClients, seconds);
    await closedLoop(callers, 1, submit);
    const { rate, p50, p99 } = await closedLoop(callers, seconds, submit);
    lines.push(
      rateLine(`recorded decision, ${callers} callers`, rate, { p50, p99 }, limit, 'single inserts', goal),
    );
  }
  return lines;
}

async function httpLines(limitOf: Rate, port: number, org: BenchOrg): Promise<Line[]> {
  say('authorize over HTTP');
  const authorize = (amount: number) => () => {
    const number = nextNumber();
    const key = org.agents[number % org.agents.length]?.key ?? '';
    const body = JSON.stringify({
      action: 'refund.create',
      payload: { amount, order: number, payee: 'Hooli Ltd' },
    });
    return requestBytes('POST', '/v1/authorize', { authorization: `Bearer ${key}` }, body);
  };
  const bare = await httpLoad(port, 64, seconds, () =>
    requestBytes('POST', '/bare', {}, '{"action":"orders.read"}'),
  );
  const limit = await limitOf(limitClients, seconds);
  const allowed = await httpLoad(port, 64, seconds, authorize(10));
  const pending = await httpLoad(port, 64, seconds, authorize(100));
  return [
    rateLine(
      'authorize over HTTP, allowed, 64 clients',
      allowed.rate,
      allowed,
      limit,
      'single inserts',
      '≥ 0.5×',
    ),
    rateLine(
      'authorize over HTTP, allowed, 64 clients',
      allowed.rate,
      allowed,
      bare.rate,
      'bare node:http',
      '–',
    ),
    rateLine(
      'authorize over HTTP, opening a request',
      pending.rate,
      pending,
      limit,
      'single inserts',
      '≥ 0.25×',
    ),
  ];
}

async function wakeLines(ownerUrl: string, port: number, org: BenchOrg): Promise<Line[]> {
  say('waking agents that wait');
  const limit = await measureNotify(ownerUrl, 500);
  const lines: Line[] = [];
  for (const waiters of [200, 2000]) {
    const { p50, p99 } = await measureWake(port, org, waiters, 200);
    lines.push({
      figure: `approve → long-poll answered, ${waiters} waiting`,
      found: `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms`,
      limit: `p50 ${limit.p50.toFixed(2)}, p99 ${limit.p99.toFixed(2)} ms NOTIFY`,
      ratio: `${times(p50 / limit.p50)}, ${times(p99 / limit.p99)}`,
      goal: 'p50 ≤ 5, p99 ≤ 50 ms',
    });
  }
  return lines;
}

function rateLine(
  figure: string,
  rate: number,
  { p50, p99 }: { p50: number; p99: number },
  limit: number,
  name: string,
  goal: string,
): Line {
  const found = `${rate.toFixed(0)}/s (p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms)`;
  return { figure, found, limit: `${limit.toFixed(0)}/s ${name}`, ratio: times(rate / limit), goal };
}

let number = 0;
function nextNumber(): number {
  number += 1;
  return number;
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}

function tableOf(lines: Line[]): string {
  const head: Line = { figure: 'figure', found: 'found', limit: 'limit', ratio: 'ratio', goal: 'goal' };
  const names = ['figure', 'found', 'limit', 'ratio', 'goal'] as const;
  const widths = names.map((name) => Math.max(...[head, ...lines].map((line) => line[name].length)));
  return [head, ...lines]
    .map((line) =>
      names
        .map((name, column) => line[name].padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function say(what: string): void {
  process.stderr.write(`Measuring ${what} …\n`);
}
