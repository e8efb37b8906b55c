/**
 * POSTs to one of the sign-in routes with its own CSRF token (next-auth, “REST API”), then leaves the page:
 * to the identity provider when signing in, and always to `callbackUrl` after signing out.
 * Throws when the server can't be reached.
 */
export async function authPost(route: 'signout' | `signin/${string}`, callbackUrl: string): Promise<void> {
  const asked = await fetch('/api/auth/csrf', { cache: 'no-store' });
  // The shape is next-auth's own.
  const { csrfToken } = (await asked.json()) as { csrfToken: string };
  const answer = await fetch(`/api/auth/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-auth-return-redirect': '1' },
    body: new URLSearchParams({ csrfToken, callbackUrl }),
  });
  // So is this one, where there is a body at all.
  const { url } = (await answer.json().catch(() => ({}))) as { url?: string };
  window.location.assign(route === 'signout' ? callbackUrl : (url ?? callbackUrl));
}
