import { membershipsOf } from '@/lib/identity/queries';
import { systemContext } from '@/lib/kernel/context';
import { env } from '@/lib/kernel/env';
import { transact } from '@/lib/kernel/transact';
import { enqueueMessage } from '@/lib/notify/enqueue-message';
import { signInMail } from '@/lib/notify/templates/sign-in-mail';

export const linkMinutes = 15;

/**
 * Mails a link that opens our confirm page, in the org the person joined first. The link is never consumed by GET:
 * mail scanners open links. An address that is no member gets nothing.
 */
export async function sendSignInLink(email: string, callbackUrl: string): Promise<void> {
  const [membership] = await membershipsOf(email);
  if (!membership) return;
  const confirm = new URL('/sign-in/confirm', env().COUNTERSIGN_URL);
  for (const name of ['token', 'email', 'callbackUrl']) {
    const value = new URL(callbackUrl).searchParams.get(name);
    if (value) confirm.searchParams.set(name, value);
  }
  await transact(systemContext(membership.org), (open) =>
    enqueueMessage(open, signInMail(email, confirm.toString(), linkMinutes)),
  );
}
