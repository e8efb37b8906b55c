import { MailCheck } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Card } from '@/components/ui/card';

export const metadata: Metadata = { title: 'Check your mail' };

export default function CheckPage() {
  return (
    <Card className="flex flex-col items-center gap-3 px-6 py-8 text-center">
      <MailCheck aria-hidden className="size-8 text-accent-ink" />
      <h1 className="text-title">Check your mail</h1>
      <p className="text-control text-ink-2">
        If you are a member here, a sign-in link is on its way. It works once and for a short time.
      </p>
      <Link
        href="/sign-in"
        className="min-h-6 text-control text-accent-ink underline-offset-2 hover:underline"
      >
        Use another address
      </Link>
    </Card>
  );
}
