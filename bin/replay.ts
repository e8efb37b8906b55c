import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { agentClient } from './replay/agent-client';
import { describeOutcomes } from './replay/describe-outcomes';
import { fitsTemplate, planCalls, readTemplate, type Template } from './replay/plan-calls';
import { type Outcome, replayCall } from './replay/replay-call';
import { runCalls } from './replay/run-calls';

const usage = `Usage: npm run replay -- FILE.jsonl [options]

Sends a log of tool calls to a running server, one call a line, and reports what policy decided.
  --url URL          the server (default: the demo's)
  --agent NAME       the demo agent that asks (default: the first)
  --key KEY          an agent's API key; also from COUNTERSIGN_API_KEY
  --template FILE    how a line becomes an ask (default: bin/replay/airline.yaml, where the lines fit it)
  --limit N          only the first N calls
  --concurrency N    calls at once (default 8); calls of one run keep their order
  --execute          also redeem what is allowed and report the line's result
  --dry-run          judge only; nothing is recorded
  --json             one JSON line a call on standard output, and nothing else
docs/replay.md describes templates. Exit code 1 when a line was malformed or refused.`;

const Demo = z.object({ url: z.string(), agents: z.array(z.object({ name: z.string(), key: z.string() })) });
type Values = ReturnType<typeof readArguments>['values'];

void main();

async function main(): Promise<void> {
  try {
    process.exitCode = (await run()) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function run(): Promise<boolean> {
  const { values, positionals } = readArguments();
  const [file] = positionals;
  if (values.help || file === undefined) {
    process.stdout.write(`${usage}\n`);
    return values.help;
  }
  const text = await readFile(fromHere(file), 'utf8');
  const template = await templateFor(text, values.template);
  const { calls, malformed } = planCalls(template, text);
  for (const { number, why } of malformed) process.stderr.write(`line ${number} is malformed: ${why}\n`);
  const chosen = calls.slice(0, numberOf(values.limit, calls.length));
  const outcomes = await replayAll(chosen, await serverAndKey(values), values);
  if (malformed.length > 0) process.stderr.write(`${malformed.length} malformed lines were passed over.\n`);
  return malformed.length === 0 && outcomes.every((outcome) => outcome.problem === null);
}

function readArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      agent: { type: 'string' },
      key: { type: 'string' },
      template: { type: 'string' },
      limit: { type: 'string' },
      concurrency: { type: 'string' },
      execute: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

async function replayAll(
  calls: ReturnType<typeof planCalls>['calls'],
  { url, key }: { url: string; key: string },
  values: Values,
): Promise<Outcome[]> {
  const startedAt = performance.now();
  const api = agentClient(url, key, sayPause());
  const options = { dryRun: values['dry-run'], execute: values.execute };
  const outcomes = await runCalls(
    calls,
    numberOf(values.concurrency, 8),
    (call) => replayCall(api, call, options),
    (outcome, done) => {
      if (values.json) process.stdout.write(`${JSON.stringify(lineOf(outcome))}\n`);
      if (done % 50 === 0 || done === calls.length)
        process.stderr.write(`${done} of ${calls.length} calls\n`);
    },
  );
  const seconds = (performance.now() - startedAt) / 1000;
  if (!values.json) process.stdout.write(`\n${describeOutcomes(outcomes, seconds)}\n`);
  return outcomes;
}

/** Says why it waits, at most every two seconds: many calls wait for the same reason. */
function sayPause(): (why: string) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (why) => {
    if (performance.now() - saidAt < 2000) return;
    saidAt = performance.now();
    process.stderr.write(`${why}; waiting and trying again\n`);
  };
}

function lineOf({ callId, tool, decision, status, rule, risk, problem }: Outcome) {
  return { callId, tool, decision, status, rule, risk, ...(problem !== null && { problem }) };
}

async function templateFor(text: string, given: string | undefined): Promise<Template> {
  const file = given === undefined ? path.resolve('bin/replay/airline.yaml') : fromHere(given);
  const template = readTemplate(await readFile(file, 'utf8'));
  if (given !== undefined || fitsTemplate(template, text)) return template;
  throw new Error(
    `The lines of this log do not fit ${file}: give a template of yours with --template (docs/replay.md).`,
  );
}

async function serverAndKey(values: Values): Promise<{ url: string; key: string }> {
  const demo = await readDemo();
  const given = values.key ?? (values.agent === undefined ? process.env.COUNTERSIGN_API_KEY : undefined);
  const agent = demo?.agents.find(({ name }) => values.agent === undefined || name === values.agent);
  const key = given ?? agent?.key;
  if (key === undefined) {
    const known = demo?.agents.map(({ name }) => name).join(', ');
    throw new Error(
      known
        ? `There is no demo agent "${values.agent}": there are ${known}.`
        : 'Give an agent’s key with --key.',
    );
  }
  const candidates = values.url
    ? [values.url]
    : [demo?.url, process.env.COUNTERSIGN_URL].flatMap((url) => url ?? []);
  for (const url of candidates) {
    const status = await statusWith(url, key);
    if (status === 401)
      throw new Error(`The server at ${url} does not know this key: give its agent's with --key.`);
    if (status !== null) return { url, key };
  }
  throw new Error(
    `Nothing answers at ${[...new Set(candidates)].join(' or ')}: run npm start, or give --url.`,
  );
}

async function readDemo(): Promise<z.infer<typeof Demo> | null> {
  const file = path.join(process.env.DATA_DIR ?? '.data', 'demo.json');
  return existsSync(file) ? Demo.parse(JSON.parse(await readFile(file, 'utf8'))) : null;
}

/** Null where nothing answers. */
function statusWith(url: string, key: string): Promise<number | null> {
  const headers = { authorization: `Bearer ${key}` };
  return fetch(new URL('/v1/requests?limit=1', url), { headers }).then(
    (response) => response.status,
    () => null,
  );
}

/** Paths are relative to where the command was typed; npm itself runs in the checkout. */
function fromHere(file: string): string {
  return path.resolve(process.env.INIT_CWD ?? '.', file);
}

function numberOf(given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`Expected a whole number from 1, found "${given}".`);
}
