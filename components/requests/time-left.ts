// A countdown turns from slate to blue, amber and red as the time to respond runs out, and then says how late it is.

import type { Tone } from '@/lib/approvals/schema';

export type TimeLeft = {
  text: string;
  tone: Tone;
  glyph: 'clock' | 'alarm' | 'octagon';
  overdue: boolean;
  leftMs: number;
};

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long until `dueAt`; all in milliseconds since the epoch (experience.md, “Countdown”). */
export function timeLeft(openedAt: number, dueAt: number, now: number): TimeLeft {
  const leftMs = dueAt - now;
  if (leftMs <= 0) {
    return { text: `Overdue ${roughly(-leftMs)}`, tone: 'red', glyph: 'octagon', overdue: true, leftMs };
  }
  const share = leftMs / Math.max(1, dueAt - openedAt);
  const text = leftMs < 15 * minute ? clock(leftMs) : roughly(leftMs);
  if (share < 0.1 || leftMs < 5 * minute)
    return { text, tone: 'red', glyph: 'octagon', overdue: false, leftMs };
  if (share < 0.25 || leftMs < 15 * minute)
    return { text, tone: 'amber', glyph: 'alarm', overdue: false, leftMs };
  return { text, tone: share <= 0.5 ? 'blue' : 'slate', glyph: 'clock', overdue: false, leftMs };
}

/** `45s`, `41m`, `2h 05m`, `3d 4h`: cut off, never rounded up. */
export function roughly(ms: number): string {
  if (ms < minute) return `${Math.floor(ms / second)}s`;
  if (ms < hour) return `${Math.floor(ms / minute)}m`;
  if (ms < day) return joined(Math.floor(ms / hour), 'h', Math.floor((ms % hour) / minute), 'm', 2);
  return joined(Math.floor(ms / day), 'd', Math.floor((ms % day) / hour), 'h', 1);
}

function joined(big: number, bigUnit: string, small: number, smallUnit: string, width: number): string {
  return small === 0
    ? `${big}${bigUnit}`
    : `${big}${bigUnit} ${String(small).padStart(width, '0')}${smallUnit}`;
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / second);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
