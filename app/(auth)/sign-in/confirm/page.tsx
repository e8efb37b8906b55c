import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';

// Same-origin: the address holds the link's token, and with no referrer at all the form would send no origin.
export const metadata: Metadata = { title: 'Confirm sign-in', referrer: 'same-origin' };

type ConfirmProps = {
  searchParams: Promise<Record<'token' | 'email' | 'callbackUrl', string | string[] | undefined>>;
};

/** Opening the link changes nothing, because mail scanners open links too; only this form's POST signs in. */
export default async function ConfirmPage({ searchParams }: ConfirmProps) {
  const { token, email, callbackUrl } = await searchParams;
  if (typeof token !== 'string' || typeof email !== 'string') redirect('/sign-in');
  return (
    <Card className="flex flex-col gap-4 p-6 text-center">
      <h1 className="text-title">Sign in to Countersign</h1>
      <p className="text-control text-ink-2">
        as <strong className="foreign font-semibold text-ink">{email}</strong>
      </p>
      <form method="post" action="/api/auth/callback/email-confirm" className="flex flex-col">
        <input type="hidden" name="token" value={token} />
        <input type="hidden" name="email" value={email} />
        <input
          type="hidden"
          name="callbackUrl"
          value={typeof callbackUrl === 'string' ? callbackUrl : '/inbox'}
        />
        <Button type="submit" look="primary" size="large">
          Sign in
        </Button>
      </form>
    </Card>
  );
}
