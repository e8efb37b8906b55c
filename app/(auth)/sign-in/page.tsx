import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Card } from '@/components/ui/card';
import { demoIsOn, demoPeople } from '@/lib/web/demo';
import { currentPerson } from '@/lib/web/session';
import { setupIsOpen } from '@/lib/web/setup';
import { oidcProvider } from '@/lib/web/sign-in';
import { safeReturn } from '../safe-return';
import { DemoPeople } from './demo-people';
import { LinkForm } from './link-form';
import { OidcButton } from './oidc-button';

export const metadata: Metadata = { title: 'Sign in' };

type SignInProps = { searchParams: Promise<{ callbackUrl?: string | string[]; error?: string | string[] }> };

export default async function SignInPage({ searchParams }: SignInProps) {
  const { callbackUrl, error } = await searchParams;
  if (await currentPerson()) redirect(safeReturn(callbackUrl));
  if (await setupIsOpen()) redirect('/setup');
  const people = demoIsOn() ? await demoPeople() : [];
  const provider = oidcProvider();
  return (
    <>
      <h1 className="text-center text-title">Sign in</h1>
      {people.length > 0 && <DemoPeople people={people} to={safeReturn(callbackUrl)} />}
      <Card className="flex flex-col gap-4 p-5">
        {provider && <OidcButton name={provider.name} to={safeReturn(callbackUrl)} />}
        <LinkForm error={typeof error === 'string' ? error : error?.[0]} to={safeReturn(callbackUrl)} />
      </Card>
    </>
  );
}
