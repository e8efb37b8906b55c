import { describe, expect, test } from 'vitest';
import type { RequestListItem } from '@/lib/approvals/schema';
import { mergeList, withArrivals } from './merge-list';

const row = (id: string, minute: number, title = id): RequestListItem => ({
  id,
  title,
  action: 'a',
  agent: { id: 'agt', name: 'agent' },
  risk: 'low',
  status: 'pending',
  why: '',
  openedAt: '2026-01-01T00:00:00.000Z',
  dueAt: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`,
  expiresAt: null,
  decidedAt: null,
  breached: false,
  edited: false,
  slots: 1,
  met: 0,
  you: 'may_vote',
});
const page = (items: RequestListItem[], nextCursor: string | null = null) => ({ items, nextCursor, now: '' });
const ids = (items: RequestListItem[]) => items.map((item) => item.id).join('');

describe('A list that is being read never gains rows by itself: arrivals wait, changes show in place, what is gone goes.', () => {
  test('A row that came in first waits; the rest stays where it was.', () => {
    const { items, arrivals } = mergeList(
      [row('b', 2), row('c', 3)],
      page([row('a', 1), row('b', 2, 'new title'), row('c', 3)]),
      'mine',
    );
    expect(ids(items)).toBe('bc');
    expect(items[0]?.title).toBe('new title');
    expect(ids(arrivals)).toBe('a');
    expect(ids(withArrivals(items, arrivals, 'mine'))).toBe('abc');
  });

  test('A row that is gone goes, but not one that lies beyond what was read.', () => {
    const shown = [row('a', 1), row('b', 2), row('z', 50)];
    expect(ids(mergeList(shown, page([row('b', 2)], 'next'), 'mine').items)).toBe('bz');
    expect(ids(mergeList(shown, page([row('b', 2)]), 'mine').items)).toBe('b');
  });
});
