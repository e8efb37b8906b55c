import { singleton } from '@/lib/kernel/singleton';
import { onWake } from '@/lib/kernel/wake';

type Waiters = Map<string, Set<() => void>>;
type Watch = { until: (milliseconds: number, signal: AbortSignal) => Promise<void>; stop: () => void };

/**
 * Watches one request from this moment on, so that nothing is missed between reading it and waiting. Waiters sit in
 * a map fed by the process's one listening connection: an idle one costs no connection and no statement.
 */
export function watchRequest(wireId: string): Watch {
  const waiters = waitersOf();
  let changed = false;
  let wake: (() => void) | null = null;
  const notice = () => {
    changed = true;
    wake?.();
  };
  const own = waiters.get(wireId) ?? new Set();
  waiters.set(wireId, own.add(notice));
  return {
    until: (milliseconds, signal) =>
      new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        if (changed || signal.aborted || milliseconds <= 0) return done();
        timer = setTimeout(done, milliseconds);
        signal.addEventListener('abort', done, { once: true });
        wake = done;
        function done() {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          wake = null;
          changed = false;
          resolve();
        }
      }),
    stop: () => {
      own.delete(notice);
      if (own.size === 0 && waiters.get(wireId) === own) waiters.delete(wireId);
    },
  };
}

function waitersOf(): Waiters {
  return singleton('api.waiters', () => {
    const waiters: Waiters = new Map();
    onWake((wake) => {
      const ids = wake === null ? [...waiters.keys()] : wake.topic === 'request' ? wake.ids : [];
      for (const id of ids) for (const notice of [...(waiters.get(id) ?? [])]) notice();
    });
    return waiters;
  });
}
