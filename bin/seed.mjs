import path from 'node:path';
import { withClient } from './database.mjs';
import { root } from './paths.mjs';
import { runQuietly } from './processes.mjs';
import { step } from './say.mjs';

/**
 * Fills an empty embedded database with the demo organisation; the seed program also writes `demo.json`.
 * @param {NodeJS.ProcessEnv} env as `childEnv` makes it
 */
export async function seed(env) {
  const isEmpty = await withClient(env.DATABASE_URL, async (client) => {
    const { rows } = await client.query('SELECT NOT any_org() AS empty');
    return rows[0].empty;
  });
  if (!isEmpty) return;
  await step('Filling the demo organisation', () =>
    runQuietly(
      "The demo organisation couldn't be made; what the seed says stands above.",
      process.execPath,
      [path.join(root, 'dist', 'seed.mjs')],
      { env },
    ),
  );
}
