'use client';

import { useSyncExternalStore } from 'react';

type Style = 'minute' | 'second' | 'day' | 'full';

const shapes: Record<Style, Intl.DateTimeFormatOptions> = {
  minute: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  second: { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { day: 'numeric', month: 'short', year: 'numeric' },
  full: { dateStyle: 'medium', timeStyle: 'long' },
};

/** A moment in the reader's own time zone, with UTC on hover. The server, which can't know the zone, says UTC. */
export function LocalTime({ at, style = 'minute' }: { at: string; style?: Style }) {
  const zone = useZone();
  return (
    <time dateTime={at} title={`${at.replace('T', ' ').replace(/\.\d+/, '').replace('Z', '')} UTC`}>
      {formatTime(at, style, zone)}
    </time>
  );
}

/** `at` as words in the given time zone, in the product's English. */
export function formatTime(at: string, style: Style, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', { ...shapes[style], timeZone: zone }).format(new Date(at));
}

const never = () => () => {};

/** The reader's time zone; UTC while the page still shows what the server wrote. */
export function useZone(): string {
  return useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => 'UTC',
  );
}
