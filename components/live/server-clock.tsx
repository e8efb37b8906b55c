'use client';

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';

type ServerClock = { serverNow: number; offset: number | null };

const ClockContext = createContext<ServerClock>({ serverNow: 0, offset: 0 });

/**
 * Gives the countdowns inside the server's idea of now. `now` is the ISO time at which the server wrote the
 * page: until the browser takes over, exactly that moment is shown, so both render the same.
 */
export function ServerClockProvider({ now, children }: { now: string; children: ReactNode }) {
  const serverNow = Date.parse(now);
  const [offset, setOffset] = useState<number | null>(null);
  useEffect(() => setOffset(serverNow - Date.now()), [serverNow]);
  return <ClockContext value={{ serverNow, offset }}>{children}</ClockContext>;
}

/** The server's now in milliseconds, once a second. */
export function useServerNow(): number {
  const { serverNow, offset } = useContext(ClockContext);
  const read = useCallback(() => (offset === null ? serverNow : ticker.now + offset), [offset, serverNow]);
  return useSyncExternalStore(subscribe, read, () => serverNow);
}

// One interval for every countdown of the page, at rest while nobody looks.
const ticker = { now: Date.now(), timer: 0, listeners: new Set<() => void>() };

function subscribe(listener: () => void): () => void {
  ticker.listeners.add(listener);
  if (ticker.listeners.size === 1) {
    document.addEventListener('visibilitychange', wake);
    wake();
  }
  return () => {
    ticker.listeners.delete(listener);
    if (ticker.listeners.size > 0) return;
    document.removeEventListener('visibilitychange', wake);
    window.clearInterval(ticker.timer);
  };
}

function wake() {
  window.clearInterval(ticker.timer);
  if (document.hidden) return;
  tick();
  ticker.timer = window.setInterval(tick, 1000);
}

function tick() {
  ticker.now = Date.now();
  for (const listener of ticker.listeners) listener();
}
