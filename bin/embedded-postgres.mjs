import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from './lock.mjs';
import { postgresBinaries } from './postgres-binaries.mjs';
import { ensureCluster, finishCluster, isFinished } from './postgres-cluster.mjs';
import { clearCrash } from './postgres-crash.mjs';
import { freePort, runningServer, startServer, stopServer } from './postgres-server.mjs';
import { identityOf, isSameProcessAlive } from './process-identity.mjs';
import { onEnd } from './processes.mjs';
import { refuse } from './refuse.mjs';

const DATABASE = 'countersign';

/**
 * @typedef {object} EmbeddedPostgres
 * @property {(user: string, password: string, database?: string) => string} urlFor a connection URL
 * @property {string} ownerUrl as the owner of the database, who migrates
 * @property {string} superuserUrl for tests and the first start only
 * @property {() => Promise<void>} release stops the server unless another process of ours still uses it
 */

/**
 * The PostgreSQL server of a data folder: made on the first use, started unless it runs, shared by every command
 * that uses it at once, and stopped by the last of them (by signal or exit too).
 * @param {{ dir: string, passwords: Record<string, string>, isThrowAway?: boolean }} input
 * @returns {Promise<EmbeddedPostgres>}
 */
export async function joinEmbeddedPostgres({ dir, passwords, isThrowAway = false }) {
  const folder = path.join(dir, 'postgres');
  const lockFile = path.join(dir, 'postgres.lock');
  const leave = enter(dir);
  const release = async () => {
    forget();
    leave();
    await withLock(lockFile, async () => {
      if (!isUsed(dir)) await stopServer(folder);
    });
  };
  const forget = onEnd(release);
  const port = await withLock(lockFile, () => readyServer({ dir, folder, passwords, isThrowAway }));
  const urlFor = urlsAt(port);
  return {
    urlFor,
    superuserUrl: urlFor('postgres', passwords.superuser, 'postgres'),
    ownerUrl: urlFor('countersign_owner', passwords.owner),
    release,
  };
}

/** @returns {Promise<number>} the port of the server that runs, or was started, or was made first */
async function readyServer({ dir, folder, passwords, isThrowAway }) {
  // A server of an unfinished cluster is what an attempt cut short left behind.
  if (!isFinished(folder)) await stopServer(folder);
  const running = await settledServer(folder);
  if (running) return running.port;
  await clearCrash(folder);
  const binaries = postgresBinaries();
  const { user, isNew } = ensureCluster(binaries, folder, passwords.superuser);
  const logFile = path.join(dir, 'postgres.log');
  const wantedPort = await rememberedPort(dir);
  const { port } = await startServer({
    postgres: binaries.postgres,
    folder,
    port: wantedPort,
    user,
    logFile,
    isThrowAway,
  });
  if (isNew) {
    await makeOwner(urlsAt(port)('postgres', passwords.superuser, 'postgres'), passwords.owner);
    finishCluster(folder);
  }
  return port;
}

function urlsAt(port) {
  return (user, password, database = DATABASE) =>
    `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
}

/** The running server once it is ready; null when none runs or the one that ran is shutting down. */
async function settledServer(folder) {
  for (let server = runningServer(folder); server; server = runningServer(folder)) {
    if (server.isReady) return server;
    await sleep(50);
  }
  return null;
}

/** The port is chosen once, so that other tools find the database where it was; another only when that one is taken. */
async function rememberedPort(dir) {
  const file = path.join(dir, 'postgres.port');
  const remembered = existsSync(file) ? Number(readFileSync(file, 'utf8')) || 0 : 0;
  const port = await freePort(remembered);
  if (port !== remembered) writeFileSync(file, String(port));
  return port;
}

/** The superuser's work, done once: the owner, who may make roles, and the owner's database. */
async function makeOwner(superuserUrl, ownerPassword) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect().catch((error) => {
    refuse(`PostgreSQL started but refused the connection (${error.message}).`);
  });
  try {
    await client.query(
      `CREATE ROLE countersign_owner LOGIN CREATEROLE PASSWORD ${client.escapeLiteral(ownerPassword)}`,
    );
    await client.query(`CREATE DATABASE ${DATABASE} OWNER countersign_owner`);
    await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${DATABASE} FROM PUBLIC`);
  } finally {
    await client.end();
  }
}

/** Each process that uses the server leaves its name in `users/`; gives the way to take it out again. */
function enter(dir) {
  const file = path.join(dir, 'users', identityOf());
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  return () => rmSync(file, { force: true });
}

/** Whether a living process still uses the server; names of the dead (kill -9) are cleared away. */
function isUsed(dir) {
  const folder = path.join(dir, 'users');
  const users = existsSync(folder) ? readdirSync(folder) : [];
  for (const user of users) {
    if (!isSameProcessAlive(user)) rmSync(path.join(folder, user), { force: true });
  }
  return users.some(isSameProcessAlive);
}
