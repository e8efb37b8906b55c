import { rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBundled } from './bundle.mjs';
import { childEnv } from './child-env.mjs';
import { embeddedDatabase, withClient } from './database.mjs';
import { joinEmbeddedPostgres } from './embedded-postgres.mjs';
import { ensureGenerated } from './generate.mjs';
import { ensureInstalled } from './install.mjs';
import { dataDir } from './paths.mjs';
import { refuse } from './refuse.mjs';
import { runMain } from './run-main.mjs';
import { say } from './say.mjs';
import { ensureSecrets } from './secrets.mjs';
import { seed } from './seed.mjs';

// `npm run demo:reset`: drops the embedded database and fills it anew. Never touches a database of the operator's.
runMain(async () => {
  if (process.env.DATABASE_URL)
    refuse('DATABASE_URL is set, and only the embedded demo database can be reset: unset it first.');
  await ensureInstalled();
  await ensureGenerated();
  await ensureBundled();
  const dir = dataDir();
  await dropDatabase(dir);
  rmSync(path.join(dir, 'demo.json'), { force: true });
  const env = await childEnv(await embeddedDatabase(dir), 'production');
  await seed(env);
  say(
    'The demo is as new: npm start shows its people and keys. A server that is running must be started again.',
  );
});

async function dropDatabase(dir) {
  const { databasePasswords: passwords } = await ensureSecrets(dir);
  const server = await joinEmbeddedPostgres({ dir, passwords });
  const url = server.urlFor('postgres', passwords.superuser, 'postgres');
  await withClient(url, async (client) => {
    await client.query('DROP DATABASE IF EXISTS countersign WITH (FORCE)');
    await client.query('CREATE DATABASE countersign OWNER countersign_owner');
    await client.query('REVOKE CONNECT, TEMPORARY ON DATABASE countersign FROM PUBLIC');
  });
}
