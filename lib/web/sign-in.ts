import { createHash } from 'node:crypto';
import { cookies } from 'next/headers';
import { signInMailRate, takeRate } from '@/lib/api/rate-limit';
import { type Membership, membershipsOf } from '@/lib/identity/queries';
import { systemContext } from '@/lib/kernel/context';
import { env } from '@/lib/kernel/env';
import { AppError } from '@/lib/kernel/errors';
import { signIn } from './auth';
import { isSecure, returnCookieName } from './sessions';

/** Longer than sending takes, so that the time of an answer says nothing. */
const answerAfterMilliseconds = 500;

/**
 * Sends a sign-in link where the address belongs to a member, five in a quarter of an hour at most; outwardly the same
 * for everyone, in time and cookies too.
 */
export async function requestSignInLink(email: string, callbackUrl: string): Promise<void> {
  const address = email.trim().toLowerCase();
  const answered = new Promise((resolve) => setTimeout(resolve, answerAfterMilliseconds));
  const [membership] = await membershipsOf(address);
  if (membership) await send(membership, address, callbackUrl);
  // next-auth leaves a cookie with whoever is sent a link; the link says itself where it returns.
  (await cookies()).delete({ name: returnCookieName(), path: '/', secure: isSecure() });
  await answered;
}

/** A failure is told to the log alone: an error would say that the address is known. */
async function send({ org }: Membership, address: string, callbackUrl: string): Promise<void> {
  const subject = `sign-in:${createHash('sha256').update(address).digest('hex')}`;
  try {
    await takeRate(systemContext(org), subject, signInMailRate);
    await signIn('email', { email: address, redirect: false, redirectTo: callbackUrl });
  } catch (error) {
    if (error instanceof AppError && error.code === 'rate_limited') return;
    console.error('a sign-in link could not be sent', error);
  }
}

/** The identity provider that is configured, or null. */
export function oidcProvider(): { name: string } | null {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_NAME } = env();
  return OIDC_ISSUER && OIDC_CLIENT_ID ? { name: OIDC_NAME } : null;
}
