import { Check } from 'lucide-react';
import type { Metadata } from 'next';
import { PageHead } from '@/components/desk/page-head';
import { RequestList } from '@/components/requests/request-list';
import { EmptyState } from '@/components/ui/empty-state';
import { listRequests } from '@/lib/approvals/queries';
import { requireMember } from '@/lib/web/session';
import { ViewLinks } from './view-links';

export const metadata: Metadata = { title: 'Inbox' };

type InboxProps = { searchParams: Promise<{ view?: string | string[] }> };

export default async function InboxPage({ searchParams }: InboxProps) {
  const ctx = await requireMember();
  const view = (await searchParams).view === 'all' ? 'all' : 'mine';
  const first = await listRequests(ctx, { view });
  return (
    <>
      <PageHead title="Inbox">
        <ViewLinks view={view} />
      </PageHead>
      <div className="max-w-[880px] flex-1 border-r bg-surface">
        <RequestList
          key={view}
          first={first}
          view={view}
          label={view === 'mine' ? 'Assigned to me' : 'All pending'}
          empty={<Nothing view={view} />}
        />
      </div>
    </>
  );
}

function Nothing({ view }: { view: 'mine' | 'all' }) {
  return (
    <EmptyState icon={<Check />} title={view === 'mine' ? 'Nothing needs you' : 'Nothing is pending'}>
      <p>
        {view === 'mine'
          ? 'New requests appear here by themselves, the most urgent first.'
          : 'No request of this org waits for anyone.'}
      </p>
    </EmptyState>
  );
}
