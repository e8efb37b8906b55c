// One key signs; every key that has not retired verifies; a key is found by its id and nowhere else.

import type { KeyObject } from 'node:crypto';
import { AppError } from '@/lib/kernel/errors';
import {
  decodePublicKey,
  decodeSecretKey,
  encodePublicKey,
  publicKeyId,
  publicKeyObject,
  secretKeyObject,
} from './paserk';

export type SigningKey = { kid: string; secretKey: KeyObject };

/** `paserk` is the publishable `k4.public.…` text; `retiredAt` null while the key has no end. */
export type VerifyingKey = {
  kid: string;
  use: 'approval';
  paserk: string;
  publicKey: KeyObject;
  notBefore: Date;
  retiredAt: Date | null;
};

export type Keyring = { active: SigningKey; verifying: VerifyingKey[] };

/** A `k4.secret.…` or `k4.public.…` text, and the time in which its tokens are taken. */
export type KeySource = string | { paserk: string; notBefore?: Date; retiredAt?: Date | null };

/**
 * The keyring of these keys: the first signs and must be secret, all verify.
 * An older key may be given by its public half alone. Throws `malformed` for a bad key, none, or one twice.
 */
export function loadKeyring(sources: readonly KeySource[]): Keyring {
  const [first] = sources;
  if (first === undefined) throw new AppError('malformed', 'expected at least one signing key');
  const verifying = sources.map(verifyingKey);
  if (new Set(verifying.map((key) => key.kid)).size < verifying.length) {
    throw new AppError('malformed', 'expected each signing key once');
  }
  const { seed, publicKey } = decodeSecretKey(paserkOf(first));
  return { active: { kid: publicKeyId(publicKey), secretKey: secretKeyObject(seed) }, verifying };
}

/** The key of that id that verifies at `now`; undefined for an unknown, early or retired one. */
export function findVerifyingKey(keyring: Keyring, kid: string, now: Date): VerifyingKey | undefined {
  const key = keyring.verifying.find((candidate) => candidate.kid === kid && candidate.use === 'approval');
  if (!key || now < key.notBefore) return undefined;
  return key.retiredAt && now >= key.retiredAt ? undefined : key;
}

function verifyingKey(source: KeySource): VerifyingKey {
  const paserk = paserkOf(source);
  const raw = paserk.startsWith('k4.secret.') ? decodeSecretKey(paserk).publicKey : decodePublicKey(paserk);
  const { notBefore = new Date(0), retiredAt = null } = typeof source === 'string' ? {} : source;
  return {
    kid: publicKeyId(raw),
    use: 'approval',
    paserk: encodePublicKey(raw),
    publicKey: publicKeyObject(raw),
    notBefore,
    retiredAt,
  };
}

function paserkOf(source: KeySource): string {
  return typeof source === 'string' ? source : source.paserk;
}
