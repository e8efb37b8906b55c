import { env } from '@/lib/kernel/env';
import { AppError } from '@/lib/kernel/errors';
import { singleton } from '@/lib/kernel/singleton';
import { deriveOrgMacKey } from './rules/entry';

/** The master that events of this moment are authenticated under: its year's, else the latest before it. */
export function macKeyIdAt(now: Date): string {
  const years = Object.keys(env().secrets.auditMasterKeys).sort();
  const fitting = years.filter((year) => Number(year) <= now.getUTCFullYear()).at(-1) ?? years[0];
  if (!fitting) throw new AppError('unavailable', 'no audit master key is configured');
  return fitting;
}

/** The org's HMAC key under a year's master; null where that master is not ours. */
export function macKey(keyId: string, org: string): Buffer | null {
  const keys = singleton('audit.macKeys', () => new Map<string, Buffer>());
  const name = `${keyId}/${org}`;
  const known = keys.get(name);
  if (known) return known;
  const masters = env().secrets.auditMasterKeys;
  if (!Object.hasOwn(masters, keyId)) return null;
  const derived = deriveOrgMacKey(Buffer.from(masters[keyId] ?? '', 'base64'), org);
  keys.set(name, derived);
  return derived;
}
