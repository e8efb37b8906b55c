import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { Shell } from '@/components/desk/shell';
import { countMine } from '@/lib/approvals/queries';
import { demoIsOn } from '@/lib/web/demo';
import { currentPerson, requireMember } from '@/lib/web/session';

export default async function DeskLayout({ children }: { children: ReactNode }) {
  const ctx = await requireMember();
  const [person, mine] = await Promise.all([currentPerson(), countMine(ctx)]);
  if (!person) redirect('/sign-in');
  return (
    <Shell person={person} mine={mine} demo={demoIsOn()} mayAudit={ctx.permissions.has('audit.read')}>
      {children}
    </Shell>
  );
}
