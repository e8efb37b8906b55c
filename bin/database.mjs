import { CONNECTED_ROLES, letRolesSignIn } from './cluster-roles.mjs';
import { joinEmbeddedPostgres } from './embedded-postgres.mjs';
import { migrate } from './migrate.mjs';
import { dataDir } from './paths.mjs';
import { ensureSecrets } from './secrets.mjs';

/** The connection settings that reach the running program; the owner's is not among them. */
const PASSED_ON = [
  'DATABASE_URL',
  'AUTH_DATABASE_URL',
  'SEALER_DATABASE_URL',
  'SWEEP_DATABASE_URL',
  'JOBS_DATABASE_URL',
];

/**
 * The database this installation uses, running and up to date: the operator's where `DATABASE_URL` is set, else the
 * embedded one.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<{ isEmbedded: boolean, env: Record<string, string | undefined>, release: () => Promise<void> }>}
 */
export async function readyDatabase({ log } = {}) {
  return process.env.DATABASE_URL
    ? operatorDatabase(process.env.DATABASE_URL, log)
    : embeddedDatabase(dataDir(), log);
}

/**
 * The embedded database of a data folder, migrated, with one login a role.
 * @param {string} dir
 * @param {(line: string) => void} [log]
 */
export async function embeddedDatabase(dir, log) {
  const { databasePasswords: passwords } = await ensureSecrets(dir);
  const server = await joinEmbeddedPostgres({ dir, passwords });
  await migrate({ url: server.ownerUrl, log });
  await withClient(server.ownerUrl, (client) => letRolesSignIn(client, passwords));
  return { isEmbedded: true, env: roleUrls(server, passwords), release: server.release };
}

/** One connection URL for each role, as the environment names them. */
export function roleUrls(server, passwords, database) {
  const names = CONNECTED_ROLES.map((role) => role.replace('countersign_', ''));
  return Object.fromEntries(
    names.map((name) => [
      name === 'app' ? 'DATABASE_URL' : `${name.toUpperCase()}_DATABASE_URL`,
      server.urlFor(`countersign_${name}`, passwords[name], database),
    ]),
  );
}

/**
 * Does work on one connection and closes it.
 * @template T
 * @param {string} url
 * @param {(client: import('pg').Client) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withClient(url, work) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function operatorDatabase(url, log) {
  const appUser = decodeURIComponent(new URL(url).username) || undefined;
  await migrate({ url: process.env.MIGRATION_DATABASE_URL || url, appUser, log });
  const env = Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]]));
  return { isEmbedded: false, env, release: async () => {} };
}
