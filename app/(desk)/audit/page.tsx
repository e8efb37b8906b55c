import { ScrollText } from 'lucide-react';
import type { Metadata } from 'next';
import { AuditScreen } from '@/components/audit/audit-screen';
import { filtersOf } from '@/components/audit/filter-address';
import { LogBadge } from '@/components/audit/log-badge';
import { PageHead } from '@/components/desk/page-head';
import { EmptyState } from '@/components/ui/empty-state';
import { showLogState } from '@/lib/audit/log-state';
import { listFilterChoices } from '@/lib/audit/search-events';
import { requireMember } from '@/lib/web/session';

export const metadata: Metadata = { title: 'Audit' };

type AuditPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function AuditPage({ searchParams }: AuditPageProps) {
  const ctx = await requireMember();
  if (!ctx.permissions.has('audit.read')) {
    return (
      <>
        <PageHead title="Audit" />
        <EmptyState icon={<ScrollText />} title="The record is not open to you">
          <p>Owners, admins and auditors read it. What happened to a request stands on its own page.</p>
        </EmptyState>
      </>
    );
  }
  const [log, choices, asked] = await Promise.all([showLogState(ctx), listFilterChoices(ctx), searchParams]);
  const filters = filtersOf(asked);
  return (
    <>
      <PageHead title="Audit" note={<LogBadge log={log} />} />
      <AuditScreen
        key={JSON.stringify(filters)}
        filters={filters}
        choices={choices}
        opened={typeof asked.event === 'string' ? asked.event : null}
      />
    </>
  );
}
