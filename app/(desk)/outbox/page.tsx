import { Mail } from 'lucide-react';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PageHead } from '@/components/desk/page-head';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { LocalTime } from '@/components/ui/local-time';
import { listOutbox } from '@/lib/notify/queries';
import { demoIsOn } from '@/lib/web/demo';
import { requireMember } from '@/lib/web/session';
import { MailText } from './mail-text';

export const metadata: Metadata = { title: 'Outbox' };

export default async function OutboxPage() {
  if (!demoIsOn()) notFound();
  const ctx = await requireMember();
  const mails = await listOutbox(ctx);
  return (
    <>
      <PageHead title="Outbox" note={<Chip tone="slate">demo: mails stay on this machine</Chip>} />
      {mails.length === 0 && (
        <EmptyState icon={<Mail />} title="No mail yet">
          <p>Mail that would be sent, such as sign-in links, shows up here.</p>
        </EmptyState>
      )}
      <ul aria-label="Mails" className="flex max-w-[880px] flex-col gap-3 p-4 empty:hidden sm:p-6">
        {mails.map((mail) => (
          <li key={mail.id}>
            <Card className="flex flex-col gap-2 p-4">
              <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                <h2 className="foreign text-control font-semibold">{mail.subject}</h2>
                <span className="text-meta text-ink-3">
                  <LocalTime at={mail.createdAt} />
                </span>
              </div>
              <p className="text-body text-ink-3">
                to {mail.to} · {mail.sentAt ? 'delivered' : 'on its way'}
              </p>
              {mail.text && <MailText text={mail.text} />}
            </Card>
          </li>
        ))}
      </ul>
    </>
  );
}
