import type { SealerMemory } from './grow-log';
import type { Frontier } from './rules/merkle';
import { sealEvents, sealLagSeconds, signLog, unsignedLogs } from './seal';

const everyMilliseconds = 100;
const signEveryMilliseconds = 1000;
const lookAtLagEveryMilliseconds = 1000;
const alarmSeconds = 2;

type Sealer = {
  memory: SealerMemory;
  unsigned: Map<string, Frontier>;
  signedAt: Map<string, number>;
  isLate: boolean;
  lagAt: number;
};

/**
 * Seals about every 100 ms and signs each grown log, at most once a second. Any number may run: one works at a
 * time. Warns when sealing falls behind. Answers with the way to stop after the pass that is running.
 */
export function runSealer(): () => Promise<void> {
  const sealer: Sealer = {
    memory: new Map(),
    unsigned: new Map(),
    signedAt: new Map(),
    isLate: false,
    lagAt: 0,
  };
  let stopped = false;
  const running = (async () => {
    let started = false;
    while (!stopped) {
      try {
        if (!started) for (const [org, frontier] of await unsignedLogs()) sealer.unsigned.set(org, frontier);
        started = true;
        await sealOnce(sealer, Date.now());
        await watchLag(sealer, Date.now());
      } catch (error) {
        sealer.memory.clear();
        if (!stopped) console.warn(`sealing failed and is tried again: ${String(error)}`);
        await pause(1000);
      }
      await pause(everyMilliseconds);
    }
    await signAll(sealer);
  })();
  return async () => {
    stopped = true;
    await running.catch(() => undefined);
  };
}

async function sealOnce(sealer: Sealer, now: number): Promise<void> {
  for (const [org, frontier] of await sealEvents(sealer.memory)) {
    sealer.memory.set(org, frontier);
    sealer.unsigned.set(org, frontier);
  }
  for (const [org, frontier] of sealer.unsigned) {
    if (now - (sealer.signedAt.get(org) ?? 0) < signEveryMilliseconds) continue;
    await signLog(org, frontier);
    sealer.unsigned.delete(org);
    sealer.signedAt.set(org, now);
  }
}

/** Says once that the lag went over two seconds (audit.md, “Seal”), and once that it is over. */
async function watchLag(sealer: Sealer, now: number): Promise<void> {
  if (now - sealer.lagAt < lookAtLagEveryMilliseconds) return;
  sealer.lagAt = now;
  const seconds = await sealLagSeconds();
  const wasLate = sealer.isLate;
  sealer.isLate = seconds > alarmSeconds;
  if (sealer.isLate && !wasLate)
    console.warn(
      `the oldest unsealed event is ${seconds.toFixed(1)} s old: a backlog, or an open transaction holds it back`,
    );
  if (!sealer.isLate && wasLate) console.warn('sealing has caught up');
}

async function signAll(sealer: Sealer): Promise<void> {
  for (const [org, frontier] of sealer.unsigned) await signLog(org, frontier).catch(() => undefined);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
