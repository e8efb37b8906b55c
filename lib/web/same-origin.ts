import { env } from '@/lib/kernel/env';
import { AppError } from '@/lib/kernel/errors';

/** A request, or the headers of the one being answered where there is nothing else to ask (server actions). */
type Sent = { headers: Pick<Headers, 'get'> };

/**
 * Our own check against forged requests: a browser must say that it comes from this very origin. Absent, null,
 * sub-domain and foreign origins are refused alike. Throws `forbidden`.
 */
export function requireSameOrigin(request: Sent): void {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const expected = [configuredOrigin(), loopbackOrigin(request)];
  if (origin !== null && expected.includes(origin) && (site === null || site === 'same-origin')) return;
  throw new AppError('forbidden', 'this call must come from the desk itself');
}

/** Where this browser finds us: the configured origin; on the embedded demo the loopback name it used. */
export function ownOrigin(request: Sent): string {
  return loopbackOrigin(request) ?? configuredOrigin();
}

function configuredOrigin(): string {
  return new URL(env().COUNTERSIGN_URL).origin;
}

/** On the embedded demo the same loopback port may be called localhost or 127.0.0.1. */
function loopbackOrigin(request: Sent): string | null {
  if (!env().embedded) return null;
  const host = request.headers.get('host') ?? '';
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host) ? `http://${host}` : null;
}
