// A list that is being read never gains rows by itself: arrivals wait, changes show in place, what is gone goes.

import type { RequestListItem } from '@/lib/approvals/schema';

export type ListView = 'mine' | 'all' | 'history';
export type ListPage = { items: RequestListItem[]; nextCursor: string | null; now: string };

/** `shown` brought up to date with the freshly read head of the list, and what would be new in it. */
export function mergeList(
  shown: RequestListItem[],
  fresh: ListPage,
  view: ListView,
): { items: RequestListItem[]; arrivals: RequestListItem[] } {
  const byId = new Map(fresh.items.map((item) => [item.id, item]));
  const last = fresh.items.at(-1);
  const items = shown.flatMap((item) => {
    const update = byId.get(item.id);
    if (update) return [update];
    // Rows past the end of what was read may still be there.
    const beyond = fresh.nextCursor !== null && last !== undefined && comesBefore(last, item, view);
    return beyond ? [item] : [];
  });
  const known = new Set(shown.map((item) => item.id));
  return { items, arrivals: fresh.items.filter((item) => !known.has(item.id)) };
}

/** The list with its arrivals in their places. */
export function withArrivals(
  items: RequestListItem[],
  arrivals: RequestListItem[],
  view: ListView,
): RequestListItem[] {
  return [...items, ...arrivals].toSorted((one, other) =>
    comesBefore(one, other, view) ? -1 : comesBefore(other, one, view) ? 1 : 0,
  );
}

function comesBefore(one: RequestListItem, other: RequestListItem, view: ListView): boolean {
  if (view === 'history') return (one.decidedAt ?? '') > (other.decidedAt ?? '');
  // What has no due time comes last: every digit sorts before the tilde.
  return (one.dueAt ?? '~') < (other.dueAt ?? '~');
}
