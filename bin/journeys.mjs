import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureBundled } from './bundle.mjs';
import { childEnv } from './child-env.mjs';
import { embeddedDatabase } from './database.mjs';
import { findBrowser } from './find-browser.mjs';
import { ensureGenerated } from './generate.mjs';
import { ensureInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { root } from './paths.mjs';
import { freePort, stopServer } from './postgres-server.mjs';
import { runToEnd } from './processes.mjs';
import { runMain } from './run-main.mjs';
import { seed } from './seed.mjs';
import { serve } from './serve.mjs';

const DATA = path.join(root, '.data', 'e2e');
/** Settings of the operator's that would make the journeys run against something else. */
const FOREIGN = /^(HOST|WORKER|RESEND_|MAIL_FROM|OIDC_|COUNTERSIGN_|SLACK_|VAPID_|([A-Z]+_)?DATABASE_URL)/;

// The browser journeys, against the production build with a database of its own: node bin/journeys.mjs [playwright arguments].
runMain(() =>
  withLock(path.join(root, '.data', 'e2e.lock'), async () => {
    await ensureInstalled();
    await ensureGenerated();
    await ensureBundled();
    await ensureBuilt();
    const browser = await findBrowser();
    const env = await freshServer();
    const playwright = path.join(root, 'node_modules', '@playwright', 'test', 'cli.js');
    const args = [
      playwright,
      'test',
      '--config',
      path.join('e2e', 'playwright.config.ts'),
      ...process.argv.slice(2),
    ];
    return runToEnd(process.execPath, args, {
      env: {
        ...process.env,
        BASE_URL: env.COUNTERSIGN_URL,
        DEMO_FILE: path.join(DATA, 'demo.json'),
        E2E_DATABASE_URL: env.DATABASE_URL,
        E2E_BROWSER: JSON.stringify(browser),
      },
    });
  }),
);

async function freshServer() {
  for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) delete process.env[name];
  await stopServer(path.join(DATA, 'postgres'));
  rmSync(DATA, { recursive: true, force: true });
  mkdirSync(DATA, { recursive: true });
  process.env.DATA_DIR = DATA;
  process.env.PORT = String(await freePort());
  const database = await embeddedDatabase(DATA);
  const env = await childEnv(database, 'production');
  await seed(env);
  await serve(env);
  return env;
}
