import { ChevronRight, FileCheck2 } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { PageHead } from '@/components/desk/page-head';
import { Chip } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { LocalTime } from '@/components/ui/local-time';
import { listPolicies } from '@/lib/policy/queries';
import { requireMember } from '@/lib/web/session';

export const metadata: Metadata = { title: 'Policies' };

export default async function PoliciesPage() {
  const ctx = await requireMember();
  const policies = await listPolicies(ctx);
  return (
    <>
      <PageHead title="Policies" />
      <div className="max-w-[880px] flex-1 border-r bg-surface">
        {policies.length === 0 && (
          <EmptyState icon={<FileCheck2 />} title="No policy is published">
            <p>Until one is, every action is denied.</p>
          </EmptyState>
        )}
        <ul aria-label="Published policies" className="divide-y empty:hidden">
          {policies.map((policy) => (
            <li key={policy.name}>
              <Link
                href={`/policies/${encodeURIComponent(policy.name)}`}
                className="flex min-h-16 items-center gap-3 px-4 py-2.5 outline-offset-[-2px] transition-colors hover:bg-hover sm:px-6"
              >
                <span className="min-w-0 flex-1">
                  <span className="flex flex-wrap items-center gap-2 text-control font-medium">
                    {policy.name} <Chip tone="slate">v{policy.version}</Chip>
                    {policy.agent && <Chip tone="blue">only for {policy.agent}</Chip>}
                  </span>
                  <span className="block text-body text-ink-3">
                    {policy.rules} rule{policy.rules === 1 ? '' : 's'} · published by{' '}
                    {policy.publishedBy ?? 'Countersign'}, <LocalTime at={policy.publishedAt} />
                  </span>
                </span>
                <ChevronRight aria-hidden className="size-4 shrink-0 text-ink-3" />
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
