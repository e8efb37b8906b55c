import { fromWire, toWire } from '@/lib/kernel/ids';
import { singleton } from '@/lib/kernel/singleton';
import { onWake } from '@/lib/kernel/wake';

type Waiters = Map<string, Set<() => void>>;
type Watch = { until: (milliseconds: number, signal: AbortSignal) => Promise<void>; stop: () => void };

/**
 * Watches one request, and the key that asks for it, from this moment on, so that nothing is missed between reading
 * and waiting. Waiters sit in a map fed by the process's one listening connection: an idle one costs no connection
 * and no statement. `wireId` may be in either case; one that is none is never woken.
 */
export function watchRequest(wireId: string, keyId: string): Watch {
  const uuid = fromWire('req', wireId);
  const names = [...(uuid ? [toWire('req', uuid)] : []), keyId];
  let changed = false;
  let wake: (() => void) | null = null;
  const notice = () => {
    changed = true;
    wake?.();
  };
  const stops = names.map((name) => addWaiter(name, notice));
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
      for (const stop of stops) stop();
    },
  };
}

/** `name` is a request's wire id or a key's UUID, as wakes name them. */
function addWaiter(name: string, notice: () => void): () => void {
  const waiters = waitersOf();
  const own = waiters.get(name) ?? new Set();
  waiters.set(name, own.add(notice));
  return () => {
    own.delete(notice);
    if (own.size === 0 && waiters.get(name) === own) waiters.delete(name);
  };
}

function waitersOf(): Waiters {
  return singleton('api.waiters', () => {
    const waiters: Waiters = new Map();
    onWake((wake) => {
      const ids = wake === null ? [...waiters.keys()] : wake.topic === 'policy' ? [] : wake.ids;
      for (const id of ids) for (const notice of [...(waiters.get(id) ?? [])]) notice();
    });
    return waiters;
  });
}
