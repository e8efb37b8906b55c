import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureBundled } from './bundle.mjs';
import { childEnv } from './child-env.mjs';
import { readyDatabase } from './database.mjs';
import { ensureGenerated } from './generate.mjs';
import { ensureInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { root } from './paths.mjs';
import { runToEnd } from './processes.mjs';
import { refuse } from './refuse.mjs';
import { runMain } from './run-main.mjs';

// Runs a bundled tool against this installation's database: node bin/run-tool.mjs <name> [arguments].
runMain(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  await withLock(path.join(root, '.data', 'prepare.lock'), async () => {
    await ensureInstalled();
    await ensureGenerated();
    await ensureBundled();
  });
  const program = path.join(root, 'dist', `${name}.mjs`);
  if (!/^[a-z-]+$/.test(name) || !existsSync(program)) refuse(`There is no tool named "${name}".`);
  const env = await childEnv(await readyDatabase(), 'production');
  return runToEnd(process.execPath, ['--enable-source-maps', program, ...args], { env });
});
