import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureBundled } from './bundle.mjs';
import { ensureGenerated } from './generate.mjs';
import { ensureInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { root } from './paths.mjs';
import { runMain } from './run-main.mjs';

// `npm run build`: installs, generates, bundles and builds what changed; starts nothing.
runMain(() => withLock(path.join(root, '.data', 'prepare.lock'), prepare));

async function prepare() {
  await ensureInstalled();
  await ensureGenerated();
  await ensureBundled();
  await ensureBuilt();
}
