import path from 'node:path';
import { root } from './paths.mjs';
import { runQuietly } from './processes.mjs';
import { step } from './say.mjs';
import { clearStamp, contentHash, isFresh, writeStamp } from './stamp.mjs';

const STAMP = path.join(root, 'prisma', 'generated', '.stamp');

/** Generates the database client from the schema, unless it was generated from exactly this one. */
export async function ensureGenerated() {
  const hash = contentHash(['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json']);
  if (isFresh(STAMP, hash)) return;
  await step('Generating the database client', async () => {
    clearStamp(STAMP);
    const prisma = path.join(root, 'node_modules', 'prisma', 'build', 'index.js');
    // Any existing file stands in for the engine binary, which `generate` asks for and never runs.
    const env = {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    };
    await runQuietly(
      "The database client couldn't be generated from prisma/schema.prisma; what Prisma says stands above.",
      process.execPath,
      [prisma, 'generate'],
      { env },
    );
    writeStamp(STAMP, hash);
  });
}
