import net from 'node:net';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureBundled } from './bundle.mjs';
import { address, childEnv } from './child-env.mjs';
import { readyDatabase } from './database.mjs';
import { ensureGenerated } from './generate.mjs';
import { ensureInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { dataDir, root } from './paths.mjs';
import { refuse } from './refuse.mjs';
import { runMain } from './run-main.mjs';
import { say, step } from './say.mjs';
import { seed } from './seed.mjs';
import { serve } from './serve.mjs';
import { welcome } from './welcome.mjs';

// `npm start`: everything from a bare clone to a page in the browser. With --dev: hot reload instead of a build.
const isDevelopment = process.argv.includes('--dev');

runMain(async () => {
  dataDir();
  await requireFreePort();
  await withLock(path.join(root, '.data', 'prepare.lock'), prepare);
  const env = await startDatabase();
  const { ended } = await step('Starting the server', () => serve(env));
  welcome(env);
  return ended;
});

/** Install, generate and bundle; the build takes longest and needs no database. */
async function prepare() {
  await ensureInstalled();
  await ensureGenerated();
  await ensureBundled();
  if (!isDevelopment) await ensureBuilt();
}

async function startDatabase() {
  const label = process.env.DATABASE_URL ? 'Migrating the database' : 'Starting the database';
  const database = await step(label, () => readyDatabase({ log: (line) => say(`  ${line}`) }));
  const env = await childEnv(database, isDevelopment ? 'development' : 'production');
  if (database.isEmbedded) await seed(env);
  return env;
}

/** Asked first: nobody should wait for a build to hear that the port is taken. */
async function requireFreePort() {
  const { host, port } = address();
  const problem = await new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', (error) => resolve(error.code));
    probe.listen({ port, host }, () => probe.close(() => resolve(null)));
  });
  if (problem === 'EADDRINUSE')
    refuse(
      `Port ${port} is taken: stop what listens there, or choose another, such as PORT=${port + 1} npm start.`,
    );
  if (problem) refuse(`Can't listen on ${host}:${port} (${problem}): choose another PORT or HOST.`);
}
