import { env } from '@/lib/kernel/env';
import { AppError } from '@/lib/kernel/errors';

/**
 * Our own check against forged requests: a browser must say that it comes from this very origin. Absent, null,
 * sub-domain and foreign origins are refused alike. Throws `forbidden`.
 */
export function requireSameOrigin(request: Request): void {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const expected = [new URL(env().COUNTERSIGN_URL).origin, loopbackOrigin(request)];
  if (origin !== null && expected.includes(origin) && (site === null || site === 'same-origin')) return;
  throw new AppError('forbidden', 'this call must come from the desk itself');
}

/** On the embedded demo the same loopback port may be called localhost or 127.0.0.1. */
function loopbackOrigin(request: Request): string | null {
  if (!env().embedded) return null;
  const host = request.headers.get('host') ?? '';
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host) ? `http://${host}` : null;
}
