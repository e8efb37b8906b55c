import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { refuse } from './refuse.mjs';

const FOLDER = path.join(root, 'prisma', 'migrations');

/** As Prisma itself makes it, so that `prisma migrate status` agrees. */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;

/** The migrations in the order they apply; the checksum is the SHA-256 of the file, hex. */
export function readMigrations(folder = FOLDER) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const bytes = readFileSync(path.join(folder, name, 'migration.sql'));
      return {
        name,
        sql: bytes.toString('utf8'),
        checksum: createHash('sha256').update(bytes).digest('hex'),
      };
    });
}

/**
 * Applies what is missing, each migration in a transaction of its own with its record.
 * Refuses when a migration that was applied has changed since, or failed half-way in another tool.
 * @param {import('pg').Client} client
 * @returns {Promise<string[]>} the names applied now
 */
export async function applyMigrations(client, migrations = readMigrations()) {
  const { rows: found } = await client.query(
    `SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS exists`,
  );
  if (!found[0].exists) await client.query(TABLE);
  const { rows } = await client.query(
    'SELECT migration_name AS name, checksum, finished_at AS "finishedAt" FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const applied = new Map(rows.map((row) => [row.name, row]));
  const missing = migrations.filter((migration) => !wasApplied(migration, applied.get(migration.name)));
  for (const migration of missing) await applyOne(client, migration);
  return missing.map((migration) => migration.name);
}

function wasApplied(migration, row) {
  if (!row) return false;
  if (!row.finishedAt)
    refuse(
      `Migration ${migration.name} was begun and not finished: repair the database by hand, then mark it with "prisma migrate resolve".`,
    );
  if (row.checksum !== migration.checksum) {
    refuse(
      `Migration ${migration.name} was changed after it was applied to this database: restore the file, and write a new migration for the change. (The embedded demo can be made anew: npm run demo:reset.)`,
    );
  }
  return true;
}

async function applyOne(client, { name, sql, checksum }) {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, transaction_timestamp(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const line = error.position
      ? ` near line ${sql.slice(0, Number(error.position)).split('\n').length}`
      : '';
    throw Object.assign(error, { message: `migration ${name}${line}: ${error.message}` });
  }
}
