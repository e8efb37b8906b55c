import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, type QueryResultRow } from 'pg';

/** The roles a journey may connect as; `owner` and `superuser` move the data where no verb can, such as past a deadline. */
export type Role = 'app' | 'auth' | 'sealer' | 'sweep' | 'jobs' | 'owner' | 'superuser';

/** Where the runner keeps this run's database, secrets and demo credentials. */
export const dataDir = path.dirname(required('DEMO_FILE'));

type Secrets = { databasePasswords: Record<Role, string> } & Record<string, unknown>;

/** The secrets of the desk under test, and the passwords of its roles. */
export function readSecrets(): Secrets {
  // Written by bin/secrets.mjs.
  return JSON.parse(readFileSync(path.join(dataDir, 'secrets.json'), 'utf8')) as Secrets;
}

/** The address of a database of this run's cluster, for a role. */
export function urlFor(role: Role, database?: string): string {
  const url = new URL(required('E2E_DATABASE_URL'));
  url.username = role === 'superuser' ? 'postgres' : `countersign_${role}`;
  url.password = readSecrets().databasePasswords[role];
  if (database) url.pathname = `/${database}`;
  return url.toString();
}

/** Rows of one statement, as a role; under an org's row-level security where `org` is given. */
export async function query<Row extends QueryResultRow>(
  role: Role,
  text: string,
  values: unknown[] = [],
  { org, database }: { org?: string; database?: string } = {},
): Promise<Row[]> {
  return withClient(role, database, async (client) => {
    if (org) await client.query("SELECT set_config('app.org_id', $1, false)", [org]);
    return (await client.query<Row>(text, values)).rows;
  });
}

/** Does work on one connection and closes it. */
export async function withClient<T>(
  role: Role,
  database: string | undefined,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: urlFor(role, database), options: '-c TimeZone=UTC' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: start the journeys with npm run e2e`);
  return value;
}
