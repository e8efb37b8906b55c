import { type NextRequest, NextResponse } from 'next/server';
import { handlers } from '@/lib/web/auth';

/** A sign-in link is never consumed by opening it: its GET only leads to the form that asks. */
export function GET(request: NextRequest): Promise<Response> | Response {
  if (!request.nextUrl.pathname.endsWith('/callback/email')) return handlers.GET(request);
  const confirm = request.nextUrl.clone();
  confirm.pathname = '/sign-in/confirm';
  return NextResponse.redirect(confirm);
}

export const { POST } = handlers;
