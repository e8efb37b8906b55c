import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loggedOrgs } from '@/lib/audit/load-log';
import { AppError } from '@/lib/kernel/errors';
import { fromWire } from '@/lib/kernel/ids';
import { type OrgReport, verifyOrg } from './audit-verify/verify-org';

const usage = `Usage: npm run audit:verify -- [options]

Recomputes the whole record of every organisation and says whether it is what was signed.
  --checkpoint FILE   also hold the record against a checkpoint saved earlier (may be repeated)
  --save DIR          write each log's latest checkpoint to DIR, to be kept outside this house
  --json              print the report as JSON
Exit code 0: all is as it was recorded and signed. 1: something is not, or could not be checked.`;

void main();

async function main(): Promise<void> {
  try {
    process.exit((await run()) ? 0 : 1);
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    process.stderr.write(`The record could not be checked: ${message}\n`);
    process.exit(1);
  }
}

async function run(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      checkpoint: { type: 'string', multiple: true, default: [] },
      save: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(usage);
  const saved = await readCheckpoints(values.checkpoint);
  const orgs = new Set([...(await loggedOrgs()), ...saved.keys()]);
  const reports: OrgReport[] = [];
  for (const org of orgs) reports.push(await verifyOrg(org, saved.get(org) ?? []));
  if (values.save !== undefined) await saveCheckpoints(values.save, reports);
  const ok = reports.every((report) => report.ok);
  if (values.json) say(JSON.stringify({ ok, orgs: reports }, null, 2));
  else say([...reports.map(describe), verdictOf(reports)].join('\n'));
  return ok;
}

/** Saved notes by org; the note's first line names its log. Throws `malformed` for a file that is none. */
async function readCheckpoints(files: readonly string[]): Promise<Map<string, string[]>> {
  const byOrg = new Map<string, string[]>();
  for (const file of files) {
    const note = await readFile(file, 'utf8');
    const [, wireId = ''] = /^\S+\/log\/(org_\w+)$/.exec(note.split('\n')[0] ?? '') ?? [];
    const org = fromWire('org', wireId);
    if (!org) throw new AppError('malformed', `${file} is no checkpoint of a log like these`);
    byOrg.set(org, [...(byOrg.get(org) ?? []), note]);
  }
  return byOrg;
}

async function saveCheckpoints(dir: string, reports: readonly OrgReport[]): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const { org, checkpoint } of reports) {
    // A log that does not check out has no checkpoint worth keeping.
    if (checkpoint === null || reports.some((report) => report.org === org && !report.ok)) continue;
    const size = checkpoint.split('\n')[1] ?? '0';
    const file = path.join(dir, `${org}-${size}.checkpoint`);
    await writeFile(file, checkpoint);
    process.stderr.write(`Saved ${file}\n`);
  }
}

function describe(report: OrgReport): string {
  const { org, events, signed, unsealed, requests, ok, firstBad, findings } = report;
  const counts = `${events} sealed events, ${signed} of them signed for, ${unsealed} not yet sealed, ${requests} requests`;
  const lines = [`${org}: ${ok ? 'ok' : 'NOT AS RECORDED'} (${counts})`];
  if (firstBad) {
    const { sequence, last, eventId, what } = firstBad;
    const place = last === undefined ? `event ${sequence}` : `between the events ${sequence} and ${last}`;
    lines.push(`  first bad place: ${place}${eventId ? ` (${eventId})` : ''}: ${what}`);
  }
  return [...lines, ...findings.map((finding) => `  - ${finding}`)].join('\n');
}

function verdictOf(reports: readonly OrgReport[]): string {
  const bad = reports.filter((report) => !report.ok).length;
  if (reports.length === 0) return 'There is no record yet: no organisation has events.';
  if (bad > 0) return `${bad} of ${reports.length} records are not what was recorded and signed.`;
  return [
    `Checked ${reports.length}: every sealed event is what was recorded, in order, under this installation's signatures.`,
    'What only a checkpoint kept elsewhere can show, that nobody with all keys rewrote the log, needs --checkpoint.',
  ].join('\n');
}

function say(text: string): true {
  process.stdout.write(`${text}\n`);
  return true;
}
