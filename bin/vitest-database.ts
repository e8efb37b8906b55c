import path from 'node:path';
import type { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { readMigrations } from './apply-migrations.mjs';
import { letRolesSignIn } from './cluster-roles.mjs';
import { roleUrls, withClient } from './database.mjs';
import { joinEmbeddedPostgres } from './embedded-postgres.mjs';
import { ensureGenerated } from './generate.mjs';
import { withLock } from './lock.mjs';
import { migrate } from './migrate.mjs';
import { root } from './paths.mjs';
import { isAlive } from './process-identity.mjs';
import { endAll } from './processes.mjs';
import { ensureSecrets } from './secrets.mjs';
import { contentHash } from './stamp.mjs';

const WORKERS = 2;

declare module 'vitest' {
  export interface ProvidedContext {
    /** The environment of each worker's database, `TEST_OWNER_…` and `TEST_SUPERUSER_DATABASE_URL` among it. */
    testDatabases: Record<string, string>[];
  }
}

/** One server for all tests, without fsync; one template, migrated once; a copy for each worker and run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await ensureGenerated();
  const dir = path.join(root, '.data', 'test');
  const secrets = await ensureSecrets(dir);
  const server = await joinEmbeddedPostgres({ dir, passwords: secrets.databasePasswords, isThrowAway: true });
  const names = Array.from({ length: WORKERS }, (_, at) => `test_${process.pid}_${at + 1}`);
  await withLock(path.join(dir, 'template.lock'), async () => {
    const template = await ensureTemplate(server, secrets.databasePasswords);
    await withClient(server.superuserUrl, async (client) => {
      await dropLeftovers(client, template);
      for (const name of names)
        await client.query(`CREATE DATABASE ${name} OWNER countersign_owner TEMPLATE ${template}`);
    });
  });
  project.provide(
    'testDatabases',
    names.map((name) => environmentOf(server, secrets, name)),
  );
  return async () => {
    await withClient(server.superuserUrl, async (client) => {
      for (const name of names) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    });
    await endAll();
  };
}

type Server = Awaited<ReturnType<typeof joinEmbeddedPostgres>>;
type Secrets = Awaited<ReturnType<typeof ensureSecrets>>;

/** Named for what it was made from, so that it is made again only when a migration changes. */
async function ensureTemplate(server: Server, passwords: Record<string, string>): Promise<string> {
  const extra = readMigrations()
    .map((migration) => migration.checksum)
    .join();
  const template = `template_${contentHash(['prisma/after-migrate.sql', 'bin/migrate.mjs', 'bin/cluster-roles.mjs'], { extra }).slice(0, 16)}`;
  const unfinished = `${template}_${process.pid}`;
  await withClient(server.superuserUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount) return;
    await client.query(`CREATE DATABASE ${unfinished} OWNER countersign_owner`);
    const url = server.urlFor('countersign_owner', passwords.owner ?? '', unfinished);
    await migrate({ url });
    await withClient(url, (owner) => letRolesSignIn(owner, passwords));
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
  });
  return template;
}

/** Templates of other migrations and databases of runs that were killed. */
async function dropLeftovers(client: Client, template: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT datname AS name FROM pg_database WHERE datname ~ '^(template_[0-9a-f]{16}|test_[0-9]+_)' AND datname <> $1`,
    [template],
  );
  for (const { name } of rows) {
    const pid = Number(/^test_(\d+)_/.exec(name)?.[1] ?? 0);
    if (pid && pid !== process.pid && isAlive(pid)) continue;
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}

function environmentOf(
  server: Server,
  { app, databasePasswords }: Secrets,
  name: string,
): Record<string, string> {
  return {
    ...roleUrls(server, databasePasswords, name),
    TEST_OWNER_DATABASE_URL: server.urlFor('countersign_owner', databasePasswords.owner ?? '', name),
    TEST_SUPERUSER_DATABASE_URL: server.urlFor('postgres', databasePasswords.superuser ?? '', name),
    COUNTERSIGN_SECRETS: JSON.stringify(app),
    COUNTERSIGN_URL: 'http://127.0.0.1:3000',
    COUNTERSIGN_EMBEDDED: '1',
    DATA_DIR: path.join(root, '.data', 'test'),
  };
}
