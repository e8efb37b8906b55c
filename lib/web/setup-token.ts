import { createHmac, timingSafeEqual } from 'node:crypto';
import { env } from '@/lib/kernel/env';

/** The token that opens `/setup` while no org exists; printed at start, the same in every process. */
export function setupToken(): string {
  return createHmac('sha256', env().secrets.authSecret).update('setup-v1').digest('base64url').slice(0, 32);
}

export function setupTokenMatches(given: string): boolean {
  const [expected, found] = [Buffer.from(setupToken()), Buffer.from(given)];
  return expected.length === found.length && timingSafeEqual(expected, found);
}
