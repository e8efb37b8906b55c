import { membershipsOf } from '@/lib/identity/queries';
import { env } from '@/lib/kernel/env';
import { signIn } from './auth';

/** Sends a sign-in link where the address belongs to a member; outwardly the same for everyone. */
export async function requestSignInLink(email: string, callbackUrl: string): Promise<void> {
  const address = email.trim().toLowerCase();
  if ((await membershipsOf(address)).length === 0) return;
  await signIn('email', { email: address, redirect: false, redirectTo: callbackUrl });
}

/** The identity provider that is configured, or null. */
export function oidcProvider(): { name: string } | null {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_NAME } = env();
  return OIDC_ISSUER && OIDC_CLIENT_ID ? { name: OIDC_NAME } : null;
}
