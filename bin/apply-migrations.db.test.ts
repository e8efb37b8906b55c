import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyMigrations, readMigrations } from './apply-migrations.mjs';
import { migrate } from './migrate.mjs';

const url = process.env.TEST_OWNER_DATABASE_URL ?? '';
let client: Client;

beforeEach(async () => {
  client = new Client({ connectionString: url });
  await client.connect();
});

afterEach(() => client.end());

test('A migrated database is left as it is, also by several migrating at once', async () => {
  expect(await Promise.all([migrate({ url }), migrate({ url }), migrate({ url })])).toEqual([[], [], []]);
});

test('A migration changed after it was applied is refused', async () => {
  const [first, ...rest] = readMigrations();
  await expect(
    applyMigrations(client, [{ ...first, name: first?.name ?? '', sql: '', checksum: 'other' }, ...rest]),
  ).rejects.toThrow('was changed after it was applied');
});

test('A migration that fails leaves nothing behind and is not recorded', async () => {
  const broken = {
    name: '29991231000000_broken',
    sql: 'CREATE TABLE half_made (id int);\nSELECT 1/0;',
    checksum: 'c',
  };
  await expect(applyMigrations(client, [...readMigrations(), broken])).rejects.toThrow(
    '29991231000000_broken',
  );
  const { rows } = await client.query(
    `SELECT to_regclass('half_made') AS made, (SELECT count(*)::int FROM _prisma_migrations WHERE migration_name = $1) AS recorded`,
    [broken.name],
  );
  expect(rows).toEqual([{ made: null, recorded: 0 }]);
});

test("No role of ours is a superuser, bypasses row-level security, or makes roles, and the queue's schema is the jobs'", async () => {
  const { rows } = await client.query(
    `SELECT rolname FROM pg_roles WHERE rolname LIKE 'countersign\\_%' AND (rolsuper OR rolbypassrls OR (rolcreaterole AND rolname <> 'countersign_owner'))`,
  );
  const schema = await client.query(
    `SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = 'graphile_worker'`,
  );
  const mayCreate = await client.query(
    `SELECT has_database_privilege('countersign_jobs', current_database(), 'CREATE') AS may`,
  );
  expect([rows, schema.rows, mayCreate.rows]).toEqual([
    [],
    [{ owner: 'countersign_jobs' }],
    [{ may: false }],
  ]);
});
