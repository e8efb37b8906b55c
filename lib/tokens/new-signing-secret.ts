import { randomBytes } from 'node:crypto';
import { encodeSecretKey } from './rules/paserk';

/** A fresh Ed25519 signing key as `k4.secret.…` text, to be kept where secrets are kept. */
export function newSigningSecret(): string {
  return encodeSecretKey(randomBytes(32));
}
