import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureGenerated } from './generate.mjs';
import { root } from './paths.mjs';
import { runQuietly, runToEnd } from './processes.mjs';
import { runMain } from './run-main.mjs';

// Type-checks everything. Next writes the types of its routes first, so that a fresh clone has them.
runMain(async () => {
  await ensureGenerated();
  if (existsSync(path.join(root, 'app'))) {
    const next = path.join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
    await runQuietly(
      "The routes' types couldn't be written; what Next says stands above.",
      process.execPath,
      [next, 'typegen'],
      { env },
    );
  }
  return runToEnd(process.execPath, [
    path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
    '--noEmit',
  ]);
});
