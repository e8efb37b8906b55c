import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { Pool, type QueryResult } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { look, withConnection } from '@/lib/approvals/testing/test-org';

// What Prisma's schema language cannot say and the migrations write by hand.
const handWritten = [
  'DROP INDEX "requests_open_by_agent";',
  'DROP INDEX "requests_open_due";',
  'DROP INDEX "requests_open_expiry";',
  'DROP INDEX "requests_open_fingerprint";',
  'DROP INDEX "tokens_one_redemption";',
];

const schemaText = readFileSync(path.join(import.meta.dirname, 'schema.prisma'), 'utf8');
const ownerUrl = process.env.TEST_OWNER_DATABASE_URL ?? '';
const pool = new Pool({ connectionString: ownerUrl, max: 1 });
let engine: SchemaEngine;
let notOurs: string[];

beforeAll(async () => {
  engine = await startEngine();
  // Partitions are rows of the record's table; the last two belong to the runner of migrations and the queue.
  const partitions = await look<{ name: string }>(
    'SELECT relname AS name FROM pg_class WHERE relispartition AND relkind = $1',
    ['r'],
  );
  notOurs = [...partitions.map(({ name }) => `public.${name}`), 'public._prisma_migrations'];
});

afterAll(async () => {
  engine.free();
  await pool.end();
});

test('The migrated database is what the schema says, but for indexes it cannot say', async () => {
  const statements = await driftFrom(schemaText);
  console.info(`drift: ${statements.length} statements, ${handWritten.length} of them named here`);
  expect(statements).toEqual(handWritten);
});

test('A column that only the schema has is found', async () => {
  const changed = schemaText.replace('model Org {', 'model Org {\n  motto String?');
  const added = (await driftFrom(changed)).filter((statement) => !handWritten.includes(statement));
  expect(added).toEqual(['ALTER TABLE "orgs" ADD COLUMN     "motto" TEXT;']);
});

test('A column that only the database has is found', async () => {
  await withConnection(ownerUrl, (client) => client.query('ALTER TABLE orgs ADD COLUMN motto text'));
  try {
    const found = (await driftFrom(schemaText)).filter((statement) => !handWritten.includes(statement));
    expect(found).toEqual(['ALTER TABLE "orgs" DROP COLUMN "motto";']);
  } finally {
    await withConnection(ownerUrl, (client) => client.query('ALTER TABLE orgs DROP COLUMN motto'));
  }
});

/** The statements that would make the database what this schema says, sorted. */
async function driftFrom(schema: string): Promise<string[]> {
  const files = [{ path: 'schema.prisma', content: schema }];
  const { stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', files: [{ path: 'schema.prisma', content: schemaText }], configDir: '.' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    filters: { externalTables: notOurs, externalEnums: [] },
  });
  const lines = (stdout ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('--'));
  return lines.join('\n').split(/(?<=;)\n/).filter((statement) => statement.trim() !== 'This is an empty migration.').sort();
}

/** The engine's own loader needs a flag of Node: this loads the same module without. */
async function startEngine(): Promise<SchemaEngine> {
  const engineModule = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = readFileSync(path.join(path.dirname(file), 'schema_engine_bg.wasm'));
  // The generated module is both the glue and the import object of its own WebAssembly.
  const glue = engineModule as unknown as WebAssembly.ModuleImports & {
    __wbg_set_wasm: (exports: unknown) => void;
    SchemaEngine: typeof SchemaEngine;
  };
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === 'function') start();
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(poolReadingChar()));
  const datamodels: [string, string][] = [['schema.prisma', schemaText]];
  return glue.SchemaEngine.new({ datamodels }, () => undefined, adapter);
}

/** The adapter knows no column type "char" (18), of which the catalogues are full: it is given as text (25). */
function poolReadingChar(): Pool {
  const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<QueryResult>;
  const readingChar = async (...given: unknown[]) => {
    const result = await query(...given);
    for (const field of result.fields) if (field.dataTypeID === 18) field.dataTypeID = 25;
    return result;
  };
  return Object.assign(pool, { query: readingChar });
}
