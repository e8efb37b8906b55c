'use client';

import { LoaderCircle, ScrollText, SearchX } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Notice } from '@/components/ui/notice';
import type { FilterChoices } from '@/lib/audit/schema';
import { EventDrawer } from './event-drawer';
import { EventSkeleton } from './event-skeleton';
import { EventTable } from './event-table';
import { auditAddress, type FilterTexts } from './filter-address';
import { FilterBar } from './filter-bar';
import { type SearchState, useSearch } from './use-search';

type AuditScreenProps = { filters: FilterTexts; choices: FilterChoices; opened: string | null };

/** The record: filters, its lines newest first, and one of them opened beside them. */
export function AuditScreen({ filters, choices, opened }: AuditScreenProps) {
  const found = useSearch(filters);
  const [event, setEvent] = useState(opened);
  function open(id: string | null) {
    setEvent(id);
    window.history.replaceState(null, '', auditAddress(filters, id));
  }
  return (
    <>
      <FilterBar filters={filters} choices={choices} />
      <Found found={found} filtered={Object.keys(filters).length > 0} open={open} />
      {found.search && <EventDrawer id={event} search={found.search} onClose={() => open(null)} />}
    </>
  );
}

type FoundProps = { found: SearchState; filtered: boolean; open: (id: string) => void };

function Found({ found, filtered, open }: FoundProps) {
  const { events, cursor, problem, loading, more, again } = found;
  if (!events && problem)
    return (
      <div className="p-4 sm:p-6">
        <Notice
          tone="red"
          urgent
          title="The record couldn’t be searched"
          action={<Button onClick={again}>Try again</Button>}
        >
          <p>{problem}</p>
        </Notice>
      </div>
    );
  if (!events) return <EventSkeleton />;
  if (events.length === 0)
    return (
      <EmptyState icon={filtered ? <SearchX /> : <ScrollText />} title="No such event">
        <p>{filtered ? 'Widen the days, or clear a filter.' : 'What happens from now on is kept here.'}</p>
      </EmptyState>
    );
  return (
    <div className="flex-1 bg-surface">
      <p role="status" className="sr-only">
        {events.length} events shown{cursor ? ', there are more' : ''}
      </p>
      <EventTable events={events} open={open} />
      <div className="flex flex-col items-center gap-2 border-t p-3">
        {problem && (
          <p role="alert" className="text-body text-reject">
            {problem}
          </p>
        )}
        {cursor ? (
          <Button look="quiet" aria-disabled={loading} onClick={loading ? undefined : more}>
            {loading && <LoaderCircle aria-hidden className="animate-spin" />} Load more
          </Button>
        ) : (
          <p className="text-meta text-ink-3">That is all of it.</p>
        )}
      </div>
    </div>
  );
}
