import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Pool } from 'pg';
import { closedLoop } from './http-load';

export type Yardstick = { rate: (clients: number, seconds: number) => Promise<number>; by: string };

const columns = `org_id, at, event_id, type, actor_kind, actor_id, subject_type, subject_id, request_id, run_id, action,
  status, agent_id, entry, leaf, mac, mac_key_id`;

/**
 * The limit of recording: one audit-like row, alone in its transaction, durable, into a table with the record's indexes.
 * By pgbench where it is installed, else by the pg driver (about half of that: the ratios are then kinder).
 */
export async function makeYardstick(ownerUrl: string, dir: string): Promise<Yardstick> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query('CREATE TABLE bench_rows (LIKE audit_events INCLUDING DEFAULTS INCLUDING INDEXES)');
  await owner.end();
  const script = path.join(dir, 'insert.sql');
  await writeFile(script, pgbenchScript());
  const byPgbench = (clients: number, seconds: number) => pgbench(ownerUrl, script, clients, seconds);
  const isThere = await byPgbench(1, 1).then(
    () => true,
    () => false,
  );
  if (isThere) return { rate: byPgbench, by: 'pgbench' };
  return { rate: (clients, seconds) => driver(ownerUrl, clients, seconds), by: 'the pg driver' };
}

async function pgbench(url: string, script: string, clients: number, seconds: number): Promise<number> {
  const args = [
    '-n',
    '-M',
    'prepared',
    '-c',
    String(clients),
    '-j',
    '2',
    '-T',
    String(seconds),
    '-f',
    script,
    url,
  ];
  const { stdout } = await promisify(execFile)('pgbench', args);
  const [, rate] = /tps = ([\d.]+) \(without/.exec(stdout) ?? [];
  if (rate === undefined) throw new Error(`pgbench said no rate: ${stdout}`);
  return Number(rate);
}

/** Literals only: what varies is made by the server, which costs it little. */
function pgbenchScript(): string {
  const hex = (bytes: number) => `'\\x${randomBytes(bytes).toString('hex')}'`;
  const values = [
    `'${randomUUID()}'`,
    'clock_timestamp()',
    'gen_random_uuid()',
    `'action.allowed', 'agent', 'agt_01M7WBQ8T1ECETK70KZB8T2MTP', 'request', 'req_01M7WBQ8T1ECETK70KZB8T2MTP'`,
    'gen_random_uuid()',
    `'run_1', 'orders.read', 'allowed', '${randomUUID()}'`,
    `${hex(700)}, ${hex(32)}, ${hex(32)}, '2026'`,
  ];
  return `INSERT INTO bench_rows (${columns.replace(/\s+/g, ' ')}) VALUES (${values.join(', ')});\n`;
}

async function driver(url: string, clients: number, seconds: number): Promise<number> {
  const pool = new Pool({ connectionString: url, max: clients });
  const marks = Array.from({ length: 17 }, (_, index) => `$${index + 1}`);
  const text = `INSERT INTO bench_rows (${columns}) VALUES (${marks.join(', ')})`;
  const org = randomUUID();
  const [entry, leaf] = [randomBytes(700), randomBytes(32)];
  const row = () => [
    ...[org, new Date(), randomUUID(), 'action.allowed', 'agent', 'agt_1', 'request', 'req_1', randomUUID()],
    ...['run_1', 'orders.read', 'allowed', org, entry, leaf, leaf, '2026'],
  ];
  const insert = async () => void (await pool.query({ name: 'insert', text, values: row() }));
  const { rate } = await closedLoop(clients, seconds, insert);
  await pool.end();
  return rate;
}
