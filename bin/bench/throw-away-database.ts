import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** `stop` ends the server and removes everything. The owner may make tables of its own beside ours. */
export type ThrowAwayDatabase = { env: Record<string, string>; ownerUrl: string; stop: () => Promise<void> };

/**
 * A migrated PostgreSQL server of its own in a temporary folder, durable as in production, so that a measurement
 * touches nobody's data. `env` is what programs of ours need, with a free port for the agents' API.
 */
export async function throwAwayDatabase(): Promise<ThrowAwayDatabase> {
  // The launchers are plain modules that find the checkout by their own place: they are not bundled.
  const database: typeof import('../database.mjs') = await launcher('database.mjs');
  const postgres: typeof import('../embedded-postgres.mjs') = await launcher('embedded-postgres.mjs');
  const secrets: typeof import('../secrets.mjs') = await launcher('secrets.mjs');
  const processes: typeof import('../processes.mjs') = await launcher('processes.mjs');
  processes.stopOnSignals();
  const dir = await mkdtemp(path.join(tmpdir(), 'countersign-bench-'));
  processes.onEnd(async () => {
    await sleep(300); // the launcher still reads the server's last words
    await rm(dir, { recursive: true, force: true });
  });
  const { app, databasePasswords: passwords } = await secrets.ensureSecrets(dir);
  const { env } = await database.embeddedDatabase(dir);
  const { ownerUrl } = await postgres.joinEmbeddedPostgres({ dir, passwords });
  const port = String(await freePort());
  const ours = {
    DATA_DIR: dir,
    PORT: port,
    COUNTERSIGN_URL: `http://127.0.0.1:${port}`,
    COUNTERSIGN_EMBEDDED: '1',
  };
  const settings = { ...ours, COUNTERSIGN_SECRETS: JSON.stringify(app), RATE_LIMIT_PER_MINUTE: '100000000' };
  return { env: { ...env, ...settings } as Record<string, string>, ownerUrl, stop: processes.endAll }; // the embedded one sets every URL
}

async function launcher(name: string) {
  return import(pathToFileURL(path.resolve('bin', name)).href);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
