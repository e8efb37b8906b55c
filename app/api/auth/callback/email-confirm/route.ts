import { answerAuth } from '@/lib/web/auth';
import { requireSameOrigin } from '@/lib/web/same-origin';

/** The confirm form's POST: the one way a sign-in link is consumed. */
export async function POST(request: Request): Promise<Response> {
  try {
    requireSameOrigin(request);
  } catch {
    return new Response(null, { status: 303, headers: { location: '/sign-in?error=origin' } });
  }
  const form = await request.formData();
  const callback = new URL('/api/auth/callback/email', request.url);
  for (const name of ['token', 'email', 'callbackUrl'])
    callback.searchParams.set(name, String(form.get(name) ?? ''));
  return answerAuth(new Request(callback, { headers: request.headers }));
}
