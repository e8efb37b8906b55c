import { existsSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runningServer } from './postgres-server.mjs';
import { refuse } from './refuse.mjs';

const PATIENCE_SECONDS = 10;

/**
 * Clears the pid file that a killed server left, once no process of it works in the cluster any more. PostgreSQL does
 * this itself unless the old id still names something: a process not yet reaped (usual in containers) or a stranger.
 * @param {string} folder the cluster
 */
export async function clearCrash(folder) {
  const pidFile = path.join(folder, 'postmaster.pid');
  if (process.platform !== 'linux' || !existsSync(pidFile)) return;
  for (let waited = 0; waited < PATIENCE_SECONDS * 10; waited += 1) {
    if (runningServer(folder)) return;
    if (!isWorkedIn(folder)) return rmSync(pidFile, { force: true });
    await sleep(100);
  }
  refuse(`A PostgreSQL server that was killed still has processes in ${folder}: end them, then start again.`);
}

/** Every process of a server has the cluster as its working folder. */
function isWorkedIn(folder) {
  const real = realpathSync(folder);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === real;
      } catch {
        return false;
      }
    });
}
