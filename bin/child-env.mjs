import { dataDir } from './paths.mjs';
import { refuse } from './refuse.mjs';
import { ensureSecrets } from './secrets.mjs';

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/** Where the server listens: `HOST` and `PORT`, by default 127.0.0.1:3000. */
export function address() {
  const port = Number(process.env.PORT || 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    refuse(`PORT must be a number from 1 to 65535, and "${process.env.PORT}" is not.`);
  }
  return { host: process.env.HOST || '127.0.0.1', port };
}

/**
 * The environment of the programs we run. `COUNTERSIGN_EMBEDDED` opens the demo's one-click sign-in: only with the
 * embedded database, and only while nobody but this machine can reach the server.
 * @param {{ isEmbedded: boolean, env: Record<string, string | undefined> }} database
 * @param {'production' | 'development'} mode
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function childEnv(database, mode) {
  const { host, port } = address();
  const { MIGRATION_DATABASE_URL: _owner, COUNTERSIGN_EMBEDDED: _claimed, ...inherited } = process.env;
  const dir = dataDir();
  const secrets = process.env.COUNTERSIGN_SECRETS || JSON.stringify((await ensureSecrets(dir)).app);
  return {
    ...inherited,
    ...database.env,
    ...(database.isEmbedded && LOOPBACK.includes(host) ? { COUNTERSIGN_EMBEDDED: '1' } : {}),
    COUNTERSIGN_SECRETS: secrets,
    COUNTERSIGN_URL:
      process.env.COUNTERSIGN_URL || `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    DATA_DIR: dir,
    HOST: host,
    PORT: String(port),
    NODE_ENV: mode,
    NEXT_TELEMETRY_DISABLED: '1',
  };
}
