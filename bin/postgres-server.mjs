import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { POSTGRES_ENV } from './postgres-cluster.mjs';
import { isAlive } from './process-identity.mjs';
import { refuse } from './refuse.mjs';

const START_SECONDS = 30;
const STOP_SECONDS = 15;
/** The kernel's limit for a socket's path, less `/.s.PGSQL.65535.lock`. */
const LONGEST_SOCKET_FOLDER_BYTES = 107 - 20;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  // A young database that fills fast is measured early: foreign keys must not be checked by plans made for empty tables.
  autovacuum_naptime: '10s',
  password_encryption: 'scram-sha-256',
};

/** What makes a throw-away database fast; never for one that is to be kept. */
const THROW_AWAY = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * What the cluster's own pid file says of a living server; null when none runs (a pid file left by a crash included).
 * @param {string} folder the cluster
 * @returns {{ pid: number, port: number, isReady: boolean } | null}
 */
export function runningServer(folder) {
  const file = path.join(folder, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  if (!pid || !isAlive(pid) || !isPostgres(pid)) return null;
  return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
}

/**
 * Starts the server detached (it is stopped on purpose, not by Ctrl-C reaching it) and waits until it is ready.
 * @param {{ postgres: string, folder: string, port: number, user: import('./postgres-user.mjs').PostgresUser,
 *   logFile: string, isThrowAway: boolean }} input
 */
export async function startServer({ postgres, folder, port, user, logFile, isThrowAway }) {
  const settings = {
    ...SETTINGS,
    ...(isThrowAway ? THROW_AWAY : {}),
    port: String(port),
    unix_socket_directories:
      Buffer.byteLength(folder) <= LONGEST_SOCKET_FOLDER_BYTES && !folder.includes(',')
        ? quoteFolder(folder)
        : '',
  };
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.previous`);
  const log = openSync(logFile, 'w', 0o600);
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, args] = user.command(postgres, ['-D', folder, ...flags]);
  const child = spawn(command, args, {
    ...user.spawnAs,
    env: POSTGRES_ENV,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  });
  let end = null;
  child.once('error', (error) => (end = error.message));
  child.once('exit', () => (end = lastWords(logFile)));
  child.unref();
  for (let waited = 0; waited < START_SECONDS * 50; waited += 1) {
    const server = runningServer(folder);
    if (server?.isReady) return server;
    if (end !== null) {
      refuse(
        `PostgreSQL couldn't start: ${end} (all of it in ${logFile}). Put that right, or set DATABASE_URL to another server.`,
      );
    }
    await sleep(20);
  }
  return refuse(
    `PostgreSQL wasn't ready within ${START_SECONDS} s; ${logFile} says why. Start again, or set DATABASE_URL to another server.`,
  );
}

/** Stops the server the fast way: transactions are rolled back, nothing committed is lost. Harsher after 15 s. */
export async function stopServer(folder) {
  const server = runningServer(folder);
  if (!server) return;
  for (const signal of ['SIGINT', 'SIGQUIT']) {
    signalServer(server.pid, signal);
    for (let waited = 0; waited < STOP_SECONDS * 50; waited += 1) {
      if (!isAlive(server.pid) || !existsSync(path.join(folder, 'postmaster.pid'))) return;
      await sleep(20);
    }
  }
}

/** A port nobody listens on at 127.0.0.1; `preferred` if it is free. */
export async function freePort(preferred = 0) {
  for (const wanted of [preferred, 0]) {
    const port = await new Promise((resolve) => {
      const probe = net.createServer();
      probe.once('error', () => resolve(0));
      probe.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, () => {
        const { port: found } = probe.address();
        probe.close(() => resolve(found));
      });
    });
    if (port) return port;
  }
  return refuse('No free port was found at 127.0.0.1.');
}

function signalServer(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}

/** A pid file left by a crash may name a process that is something else by now. */
function isPostgres(pid) {
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]?.includes('postgres') ?? false;
  } catch {
    return true;
  }
}

function quoteFolder(folder) {
  return `"${folder.replaceAll('"', '""')}"`;
}

function lastWords(logFile) {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n');
  const fatal = lines.filter((line) => /FATAL|PANIC|ERROR|could not|error/.test(line));
  return (fatal.at(-1) ?? lines.at(-1) ?? 'it said nothing').trim();
}
