import { History } from 'lucide-react';
import type { Metadata } from 'next';
import { PageHead } from '@/components/desk/page-head';
import { RequestList } from '@/components/requests/request-list';
import { EmptyState } from '@/components/ui/empty-state';
import { listRequests } from '@/lib/approvals/queries';
import { requireMember } from '@/lib/web/session';

export const metadata: Metadata = { title: 'History' };

export default async function HistoryPage() {
  const ctx = await requireMember();
  const first = await listRequests(ctx, { view: 'history' });
  const empty = (
    <EmptyState icon={<History />} title="Nothing decided yet">
      <p>What people or policy decided is kept here.</p>
    </EmptyState>
  );
  return (
    <>
      <PageHead title="History" />
      <div className="max-w-[880px] flex-1 border-r bg-surface">
        <RequestList first={first} view="history" label="Decided requests" empty={empty} />
      </div>
    </>
  );
}
