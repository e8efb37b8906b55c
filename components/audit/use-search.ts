import { useEffect, useState } from 'react';
import { deskPost } from '@/components/requests/desk-call';
import type { EventPage, EventView } from '@/lib/audit/schema';
import type { FilterTexts } from './filter-address';

export type SearchState = {
  events: EventView[] | null;
  cursor: string | null;
  search: string | null;
  problem: string | null;
  loading: boolean;
  more: () => void;
  again: () => void;
};

/**
 * A search of the record, begun once: beginning is noted in the record, so neither a live update of the page around
 * it nor “Load more” begins another. Give its owner a `key` per set of filters.
 */
export function useSearch(filters: FilterTexts): SearchState {
  const [events, setEvents] = useState<EventView[] | null>(null);
  const [page, setPage] = useState<{ cursor: string | null; search: string | null }>({
    cursor: null,
    search: null,
  });
  const [problem, setProblem] = useState<string | null>(null);
  const [loading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  const asked = JSON.stringify(filters);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` is there to search again
  useEffect(() => {
    const leaving = new AbortController();
    // A moment's wait lets a page that is left at once begin nothing.
    const timer = window.setTimeout(async () => {
      setLoading(true);
      const body = { filters: JSON.parse(asked) };
      const answer = await deskPost<EventPage>('/api/audit/searches', body, leaving.signal);
      if (leaving.signal.aborted) return;
      setLoading(false);
      setProblem(answer.ok ? null : answer.message);
      if (!answer.ok) return;
      setEvents(answer.view.events);
      setPage({ cursor: answer.view.nextCursor, search: answer.view.search });
    });
    return () => {
      window.clearTimeout(timer);
      leaving.abort();
    };
  }, [asked, turn]);

  async function more() {
    setLoading(true);
    const body = { filters, cursor: page.cursor };
    const answer = await deskPost<EventPage>('/api/audit/searches', body);
    setLoading(false);
    setProblem(answer.ok ? null : answer.message);
    if (!answer.ok) return;
    setEvents([...(events ?? []), ...answer.view.events]);
    setPage({ cursor: answer.view.nextCursor, search: answer.view.search });
  }
  return { events, ...page, problem, loading, more: () => void more(), again: () => setTurn(turn + 1) };
}
