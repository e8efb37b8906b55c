'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { requireSameOrigin } from '@/lib/web/same-origin';
import { requestSignInLink } from '@/lib/web/sign-in';
import { safeReturn } from '../safe-return';

/** Sends a sign-in link where there is someone to send it to; from outside it always looks the same. */
export async function askForLink(form: FormData): Promise<void> {
  requireSameOrigin({ headers: await headers() });
  const email = String(form.get('email') ?? '').trim();
  if (email.length > 320 || !/^[^\s@]+@[^\s@]+$/.test(email)) redirect('/sign-in?error=email');
  await requestSignInLink(email, safeReturn(String(form.get('callbackUrl') ?? '')));
  redirect('/sign-in/check');
}
