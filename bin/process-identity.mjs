import { readFileSync } from 'node:fs';

/**
 * Names a process beyond the reuse of its id: the id and when it began. After a container's restart the same small
 * ids come again, and a lock must not seem held by a stranger.
 * @param {number} [pid]
 * @returns {string} such as `4711-93412`
 */
export function identityOf(pid = process.pid) {
  return `${pid}-${beganAt(pid)}`;
}

/** Whether exactly this process still lives. */
export function isSameProcessAlive(identity) {
  const pid = Number(identity.split('-')[0]);
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) && identityOf(pid) === identity;
}

/** Whether some process of this id lives; one that belongs to somebody else lives too. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Field 22 of Linux's stat, counted after the name, which may hold anything in its brackets; elsewhere unknown. */
function beganAt(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
