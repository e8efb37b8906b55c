import { NextRequest, NextResponse } from 'next/server';
import { env } from '@/lib/kernel/env';
import { handlers } from '@/lib/web/auth';
import { requireSameOrigin } from '@/lib/web/same-origin';

/** The confirm form's POST: the one way a sign-in link is consumed. */
export async function POST(request: NextRequest): Promise<Response> {
  try {
    requireSameOrigin(request);
  } catch {
    return NextResponse.redirect(new URL('/sign-in?error=origin', env().COUNTERSIGN_URL), 303);
  }
  const form = await request.formData();
  const callback = new URL('/api/auth/callback/email', request.url);
  for (const name of ['token', 'email', 'callbackUrl'])
    callback.searchParams.set(name, String(form.get(name) ?? ''));
  return handlers.GET(new NextRequest(callback, { headers: request.headers }));
}
