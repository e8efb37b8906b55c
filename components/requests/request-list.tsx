'use client';

import { ArrowUp, LoaderCircle } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { useRequestEvents } from '@/components/live/request-events';
import { ServerClockProvider } from '@/components/live/server-clock';
import { Button } from '@/components/ui/button';
import { deskGet } from './desk-call';
import { type ListPage, type ListView, mergeList, withArrivals } from './merge-list';
import { RequestRow } from './request-row';

type RequestListProps = { first: ListPage; view: ListView; label: string; empty: ReactNode };

const mostRows = 100;
const pauseMs = 300;

/** A live list of requests. Give it a `key` per view: what it holds belongs to one view. */
export function RequestList({ first, view, label, empty }: RequestListProps) {
  const [latest, setLatest] = useState(first);
  const [items, setItems] = useState(first.items);
  const [cursor, setCursor] = useState(first.nextCursor);
  const [arrivals, setArrivals] = useState<ListPage['items']>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [loading, setLoading] = useState(false);
  const timer = useRef(0);

  if (first !== latest) {
    setLatest(first);
    takeIn(first);
  }

  function takeIn(fresh: ListPage) {
    const merged = mergeList(items, fresh, view);
    // An empty list has nothing that could shift.
    if (items.length === 0) {
      setItems(fresh.items);
      setCursor(fresh.nextCursor);
    } else {
      setItems(merged.items);
      setArrivals(merged.arrivals);
    }
  }
  async function refresh() {
    const limit = Math.min(mostRows, items.length + arrivals.length + 20);
    const answer = await deskGet<ListPage>(`/api/requests?view=${view}&limit=${limit}`);
    if (answer.ok) takeIn(answer.view);
  }
  async function loadMore() {
    setLoading(true);
    const answer = await deskGet<ListPage>(
      `/api/requests?view=${view}&cursor=${encodeURIComponent(cursor ?? '')}`,
    );
    setLoading(false);
    setProblem(answer.ok ? null : answer.message);
    if (!answer.ok) return;
    const known = new Set([...items, ...arrivals].map((item) => item.id));
    setItems([...items, ...answer.view.items.filter((item) => !known.has(item.id))]);
    setCursor(answer.view.nextCursor);
  }
  useRequestEvents(() => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => void refreshLatest.current(), pauseMs);
  });
  // The timer must call the function that knows the rows of now, not of when it was set.
  const refreshLatest = useRef(refresh);
  refreshLatest.current = refresh;

  if (items.length === 0 && arrivals.length === 0) return empty;
  return (
    <ServerClockProvider now={first.now}>
      <div role="status">
        {arrivals.length > 0 && (
          <button
            type="button"
            onClick={() => {
              setItems(withArrivals(items, arrivals, view));
              setArrivals([]);
            }}
            className="flex min-h-9 w-full items-center justify-center gap-2 border-b bg-blue-bg text-body font-medium text-blue-ink hover:underline"
          >
            <ArrowUp aria-hidden className="size-4" /> {arrivals.length} new request
            {arrivals.length === 1 ? '' : 's'}
          </button>
        )}
      </div>
      <ul aria-label={label} className="divide-y">
        {items.map((item) => (
          <li key={item.id}>
            <RequestRow item={item} />
          </li>
        ))}
      </ul>
      {(cursor || problem) && (
        <div className="flex flex-col items-center gap-2 border-t p-3">
          {problem && (
            <p role="alert" className="text-body text-reject">
              {problem}
            </p>
          )}
          <Button look="quiet" aria-disabled={loading} onClick={loading ? undefined : loadMore}>
            {loading && <LoaderCircle aria-hidden className="animate-spin" />} Load more
          </Button>
        </div>
      )}
    </ServerClockProvider>
  );
}
