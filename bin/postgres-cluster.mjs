import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { choosePostgresUser } from './postgres-user.mjs';
import { refuse } from './refuse.mjs';

/** The environment of PostgreSQL's programs: nothing of ours, so that no PG* variable changes what they do. */
export const POSTGRES_ENV = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Makes the cluster unless it exists, with a password for the superuser from the first moment on. It counts as
 * unfinished until `finishCluster` is called, so that an attempt cut short is never taken for a database.
 * @param {{ initdb: string, postgres: string }} binaries
 * @param {string} folder where the cluster lies
 * @param {string} superuserPassword
 * @returns {{ user: import('./postgres-user.mjs').PostgresUser, isNew: boolean }}
 */
export function ensureCluster(binaries, folder, superuserPassword) {
  const isNew = !isFinished(folder);
  if (!isNew) return { user: choosePostgresUser(binaries.postgres, folder), isNew };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(unfinishedMark(folder), '');
  const user = choosePostgresUser(binaries.postgres, folder);
  user.giveFile(folder);
  initialise(binaries.initdb, folder, superuserPassword, user);
  return { user, isNew };
}

/** Called once the new cluster holds our roles and database: from now on it is kept. */
export function finishCluster(folder) {
  rmSync(unfinishedMark(folder), { force: true });
}

/** Whether the cluster exists and was made to the end. */
export function isFinished(folder) {
  return existsSync(path.join(folder, 'PG_VERSION')) && !existsSync(unfinishedMark(folder));
}

function unfinishedMark(folder) {
  return `${folder}.unfinished`;
}

function initialise(initdb, folder, password, user) {
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'countersign-'));
  try {
    const passwordFile = path.join(temporary, 'password');
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    for (const target of [passwordFile, temporary]) user.giveFile(target);
    const [command, args] = user.command(initdb, [
      ...['-D', folder, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
      ...['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions'],
    ]);
    const { status, stderr, error } = spawnSync(command, args, {
      ...user.spawnAs,
      env: POSTGRES_ENV,
      cwd: '/',
      encoding: 'utf8',
    });
    if (status === 0) return chmodSync(folder, 0o700);
    const reason = (stderr || String(error ?? '')).trim().split('\n').slice(-3).join(' ');
    return refuse(
      `PostgreSQL couldn't make its database in ${folder}: ${reason}. Free the disk or set DATA_DIR elsewhere, or set DATABASE_URL.`,
    );
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
