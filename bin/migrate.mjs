import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { applyMigrations } from './apply-migrations.mjs';
import { ensureRoles } from './cluster-roles.mjs';
import { root } from './paths.mjs';
import { refuse } from './refuse.mjs';

/** Prisma's own lock for migrating, so that its tools and ours exclude each other too. */
const LOCK = 72707369;
const QUEUE_SCHEMA = 'graphile_worker';
const OLDEST_SERVER = 160000;

/**
 * Brings a database up to date: cluster roles, our migrations, the job queue's, and what builds on the queue. One
 * process at a time; the others wait and find nothing to do. Rejects with the first statement that failed.
 * @param {{ url: string, appUser?: string, log?: (line: string) => void }} input `url` is the owner's; `appUser` the
 *   login the app uses where it is another
 * @returns {Promise<string[]>} the names of the migrations applied now
 */
export async function migrate({ url, appUser, log = () => {} }) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    connectionString: url,
    options: '-c TimeZone=UTC -c client_min_messages=warning',
  });
  await client.connect().catch((error) => refuse(unreachable(error, client)));
  try {
    await requireVersion(client);
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await ensureRoles(client, appUser);
    const applied = await applyMigrations(client);
    for (const name of applied) log(`applied ${name}`);
    await migrateQueue(client, url);
    return applied;
  } finally {
    await client.end();
  }
}

function unreachable(error, client) {
  if (error.code === '28P01') {
    return `The database at ${client.host}:${client.port} refused the password of ${client.user}: check the connection URL (or, for the embedded database, restore secrets.json beside it).`;
  }
  return `The database at ${client.host}:${client.port} can't be reached (${error.message || error.code}): check that it runs and that the connection URL is right.`;
}

async function requireVersion(client) {
  const { rows } = await client.query(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
  );
  if (rows[0].number < OLDEST_SERVER)
    refuse(`PostgreSQL ${rows[0].version} is too old: version 16 or newer is needed.`);
}

/** The queue's schema belongs to the role of the jobs; it may create that one schema and nothing afterwards. */
async function migrateQueue(client, url) {
  const { rows } = await client.query(
    `SELECT to_regclass('${QUEUE_SCHEMA}.migrations') IS NOT NULL AS exists, quote_ident(current_database()) AS here`,
  );
  const { exists, here } = rows[0];
  if (!exists) await client.query(`GRANT CREATE ON DATABASE ${here} TO countersign_jobs`);
  try {
    await runQueueMigrations(url);
  } finally {
    if (!exists) await client.query(`REVOKE CREATE ON DATABASE ${here} FROM countersign_jobs`);
  }
  const after = path.join(root, 'prisma', 'after-migrate.sql');
  if (!existsSync(after)) return;
  await client.query(`BEGIN; SET LOCAL ROLE countersign_jobs; ${readFileSync(after, 'utf8')}\n; COMMIT`);
}

async function runQueueMigrations(url) {
  const [{ default: pg }, { runMigrations, Logger }] = await Promise.all([
    import('pg'),
    import('graphile-worker'),
  ]);
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    options: '-c role=countersign_jobs -c client_min_messages=warning',
  });
  // A lost idle connection shows in the next query; the queue insists on listeners all the same.
  for (const event of ['error', 'connect']) pool.on(event, (client) => client.on?.('error', () => {}));
  try {
    await runMigrations({
      pgPool: pool,
      schema: QUEUE_SCHEMA,
      noHandleSignals: true,
      logger: new Logger(() => () => {}),
    });
  } finally {
    await pool.end();
  }
}
