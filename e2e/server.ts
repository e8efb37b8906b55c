import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { dataDir, readSecrets, required, urlFor } from './database';

const root = path.resolve(__dirname, '..');
const FOREIGN = /^(HOST|PORT|WORKER|RESEND_|MAIL_FROM|OIDC_|COUNTERSIGN_|([A-Z]+_)?DATABASE_URL)/;

export type Server = {
  url: string;
  child: ChildProcess;
  /** Everything it printed so far. */
  said: () => string;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
};

type Settings = Record<string, string | undefined>;

/**
 * Another process of the product beside the one under test, on the same database unless `settings` names another.
 * `settings` overrule the environment. Rejects with what it printed when it ends before it listens.
 */
export async function startServer(settings: Settings = {}, port?: number): Promise<Server> {
  const chosen = port ?? (await freePort());
  const url = `http://127.0.0.1:${chosen}`;
  const env = { ...environmentOf(), PORT: String(chosen), COUNTERSIGN_URL: url, ...settings };
  const options: SpawnOptions = { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] };
  const program = path.join('dist', 'server.mjs');
  const child = spawn(process.execPath, ['--enable-source-maps', program], options);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const listens = new Promise<boolean>((resolve) => {
    child.on('message', (message) => message === 'ready' && resolve(true));
    child.once('close', () => resolve(false));
  });
  if (!(await listens)) throw new Error(said);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    await ended;
  };
  return { url, child, said: () => said, stop };
}

/** The environment of the process under test, as its runner made it. */
export function environmentOf(): NodeJS.ProcessEnv {
  const { databasePasswords: _passwords, ...secrets } = readSecrets();
  const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  return {
    ...Object.fromEntries(inherited),
    DATABASE_URL: urlFor('app'),
    AUTH_DATABASE_URL: urlFor('auth'),
    SEALER_DATABASE_URL: urlFor('sealer'),
    SWEEP_DATABASE_URL: urlFor('sweep'),
    JOBS_DATABASE_URL: urlFor('jobs'),
    COUNTERSIGN_EMBEDDED: '1',
    COUNTERSIGN_SECRETS: JSON.stringify(secrets),
    COUNTERSIGN_URL: required('BASE_URL'),
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
