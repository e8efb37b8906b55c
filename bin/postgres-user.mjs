import { spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { refuse } from './refuse.mjs';

const NOBODY = 65534;

/**
 * @typedef {object} PostgresUser how to run PostgreSQL's programs, which refuse to run as root
 * @property {(program: string, args: string[]) => [string, string[]]} command what to spawn instead
 * @property {{ uid?: number, gid?: number }} spawnAs further spawn options
 * @property {(target: string) => void} giveFile hands a file or folder to the user the server runs as
 */

/**
 * Chooses, by trying, whom PostgreSQL runs as: us; for root a user namespace in which root is nobody, or else
 * the user nobody itself. A data folder that has an owner already is served by that owner.
 * @param {string} postgres path of the server program
 * @param {string} folder an existing folder: the cluster's own, or where it will be made
 * @returns {PostgresUser}
 */
export function choosePostgresUser(postgres, folder) {
  const uid = process.getuid?.();
  const { uid: ownerUid, gid: ownerGid } = statSync(folder);
  if (uid === undefined || uid !== 0) {
    if (uid !== undefined && uid !== ownerUid) {
      refuse(
        `The database in ${folder} belongs to another user (uid ${ownerUid}): start as that user, or set DATA_DIR to a folder of your own.`,
      );
    }
    return asOurselves();
  }
  if (ownerUid !== 0) return asUser(ownerUid, ownerGid);
  const way = [inNamespace(), asUser(NOBODY, NOBODY)].find((candidate) => runs(candidate, postgres));
  if (way) return way;
  return refuse(
    `PostgreSQL refuses to run as root, and neither a user namespace (unshare) nor the user nobody can run ${postgres}: start as an ordinary user, move the checkout out of a private home folder, or set DATABASE_URL.`,
  );
}

function asOurselves() {
  return { command: (program, args) => [program, args], spawnAs: {}, giveFile: () => {} };
}

function inNamespace() {
  const map = ['-U', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
  return {
    command: (program, args) => ['unshare', [...map, program, ...args]],
    spawnAs: {},
    giveFile: () => {},
  };
}

function asUser(uid, gid) {
  return {
    command: (program, args) => [program, args],
    spawnAs: { uid, gid },
    giveFile: (target) => chownSync(target, uid, gid),
  };
}

function runs(user, postgres) {
  const [command, args] = user.command(postgres, ['--version']);
  return spawnSync(command, args, { ...user.spawnAs, stdio: 'ignore' }).status === 0;
}
