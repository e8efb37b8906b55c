import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { setupIsOpen } from '@/lib/web/setup';
import { SetupForm } from './setup-form';

export const metadata: Metadata = { title: 'Set up', referrer: 'same-origin' };

type SetupProps = { searchParams: Promise<{ token?: string | string[] }> };

export default async function SetupPage({ searchParams }: SetupProps) {
  if (!(await setupIsOpen())) redirect('/sign-in');
  const { token } = await searchParams;
  return (
    <>
      <div className="flex flex-col gap-1 text-center">
        <h1 className="text-title">Set up Countersign</h1>
        <p className="text-control text-ink-2">Your org and its first owner. This page works once.</p>
      </div>
      <SetupForm token={typeof token === 'string' ? token : ''} />
    </>
  );
}
