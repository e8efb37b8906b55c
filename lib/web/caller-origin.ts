import { headers } from 'next/headers';
import type { Context } from '@/lib/kernel/context';

/** Where the request being answered came from, as the server names it. */
export async function callerOrigin(): Promise<Context['origin']> {
  const sent = await headers();
  return { address: sent.get('x-forwarded-for'), userAgent: sent.get('user-agent') };
}
