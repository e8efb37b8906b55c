import type { NextRequest } from 'next/server';
import { requestIdOf } from '@/lib/api/agent-route';
import { problemResponse } from '@/lib/api/problem';
import { AppError } from '@/lib/kernel/errors';
import { answerAuth } from '@/lib/web/auth';
import { requireSameOrigin } from '@/lib/web/same-origin';

/** A sign-in link is never consumed by opening it: its GET only leads to the form that asks. */
export function GET(request: NextRequest): Promise<Response> | Response {
  const { pathname, search } = request.nextUrl;
  if (!pathname.endsWith('/callback/email')) return answerAuth(request);
  return new Response(null, { status: 302, headers: { location: `/sign-in/confirm${search}` } });
}

/** Links are asked for and consumed by our own forms alone, which look the same for everyone; no stranger posts here. */
export async function POST(request: NextRequest): Promise<Response> {
  try {
    requireSameOrigin(request);
    if (request.nextUrl.pathname.endsWith('/email')) throw new AppError('not_found', 'no such endpoint');
    return await answerAuth(request);
  } catch (error) {
    return problemResponse(error, requestIdOf(request));
  }
}
