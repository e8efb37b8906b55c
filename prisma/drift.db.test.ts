import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { Pool, type QueryResult } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { look, withConnection } from '@/lib/approvals/testing/test-org';

// Partial indexes, which Prisma's schema language cannot say and its engine passes over: written by hand.
const handWritten = [
  'requests_open_by_agent',
  'requests_open_due',
  'requests_open_expiry',
  'requests_open_fingerprint',
  'tokens_one_redemption',
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

test('The migrated database is what the schema says', async () => {
  expect(await driftFrom(schemaText)).toEqual([]);
});

test('The partial indexes are the ones named here, no more and no fewer', async () => {
  const rows = await look<{ name: string }>(
    `SELECT relname AS name FROM pg_index JOIN pg_class ON oid = indexrelid
      WHERE indpred IS NOT NULL AND relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual(handWritten);
});

test('A column that only the schema has is found', async () => {
  const changed = schemaText.replace('model Org {', 'model Org {\n  motto String?');
  expect(await driftFrom(changed)).toEqual(['ALTER TABLE "orgs" ADD COLUMN     "motto" TEXT;']);
});

test('An index that only the schema has is found', async () => {
  const changed = schemaText.replace('@@map("orgs")', '@@index([name])\n  @@map("orgs")');
  expect(await driftFrom(changed)).toEqual(['CREATE INDEX "orgs_name_idx" ON "orgs"("name");']);
});

test('A column that only the database has is found', async () => {
  await withConnection(ownerUrl, (client) => client.query('ALTER TABLE orgs ADD COLUMN motto text'));
  try {
    expect(await driftFrom(schemaText)).toEqual(['ALTER TABLE "orgs" DROP COLUMN "motto";']);
  } finally {
    await withConnection(ownerUrl, (client) => client.query('ALTER TABLE orgs DROP COLUMN motto'));
  }
});

/** The statements that would make the database what this schema says, sorted. */
async function driftFrom(schema: string): Promise<string[]> {
  const files = [{ path: 'schema.prisma', content: schema }];
  const { stdout } = await engine.diff({
    from: {
      tag: 'schemaDatasource',
      files: [{ path: 'schema.prisma', content: schemaText }],
      configDir: '.',
    },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    filters: { externalTables: notOurs, externalEnums: [] },
  });
  const lines = (stdout ?? '').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('--'));
  return lines
    .join('\n')
    .split(/(?<=;)\n/)
    .filter((statement) => statement !== '')
    .sort();
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
  const adapter = bindMigrationAwareSqlAdapterFactory(adapterReadingChar());
  const datamodels: [string, string][] = [['schema.prisma', schemaText]];
  return glue.SchemaEngine.new({ datamodels }, () => undefined, adapter);
}

// The adapter refuses the column type "char", of which the catalogues are full. They hold no uuid, so it goes through
// under that name and comes out as what the engine expects.
const charOid = 18;
const uuidOid = 2950;

function adapterReadingChar(): SqlMigrationAwareDriverAdapterFactory {
  const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<QueryResult>; // one of its overloads
  const disguising = async (...given: unknown[]) => {
    const result = await query(...given);
    for (const field of result.fields) if (field.dataTypeID === charOid) field.dataTypeID = uuidOid;
    return result;
  };
  const factory = new PrismaPg(Object.assign(pool, { query: disguising }));
  const connect = async () => {
    const connected = await factory.connect();
    const queryRaw = connected.queryRaw.bind(connected);
    return Object.assign(connected, {
      queryRaw: async (...given: Parameters<typeof queryRaw>) => {
        const result = await queryRaw(...given);
        const columnTypes = result.columnTypes.map((type) =>
          type === ColumnTypeEnum.Uuid ? ColumnTypeEnum.Character : type,
        );
        return { ...result, columnTypes };
      },
    });
  };
  const { provider, adapterName } = factory;
  return { provider, adapterName, connect, connectToShadowDb: () => factory.connectToShadowDb() };
}
