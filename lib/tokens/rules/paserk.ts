// A key is written as PASERK, and named by the hash of that text.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { AppError } from '@/lib/kernel/errors';
import { fromBase64url } from './base64url';
import { blake2b } from './blake2b';

const PUBLIC = 'k4.public.';
const SECRET = 'k4.secret.';
const ID = 'k4.pid.';
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** `k4.public.…` of 32 raw Ed25519 public key bytes. Throws `malformed` for another length. */
export function encodePublicKey(raw: Uint8Array): string {
  return PUBLIC + Buffer.from(sized(raw, 32)).toString('base64url');
}

/** The 32 raw bytes of `k4.public.…`. Throws `malformed`. */
export function decodePublicKey(paserk: string): Buffer {
  return decode(paserk, PUBLIC, 32);
}

/** `k4.secret.…` of a 32-byte Ed25519 seed: the seed and its public key. */
export function encodeSecretKey(seed: Uint8Array): string {
  return SECRET + Buffer.concat([sized(seed, 32), publicKeyOfSeed(seed)]).toString('base64url');
}

/** Seed and public key of `k4.secret.…`, 32 bytes each. Throws `malformed`, also when the two don't belong together. */
export function decodeSecretKey(paserk: string): { seed: Buffer; publicKey: Buffer } {
  const both = decode(paserk, SECRET, 64);
  const seed = both.subarray(0, 32);
  const publicKey = both.subarray(32);
  if (!publicKeyOfSeed(seed).equals(publicKey)) {
    throw new AppError('malformed', 'expected a k4.secret key whose two halves belong together');
  }
  return { seed, publicKey };
}

/** `k4.pid.…`: the name of a public key, BLAKE2b-264 over `k4.pid.` and its `k4.public.…` text. */
export function publicKeyId(raw: Uint8Array): string {
  return ID + Buffer.from(blake2b(Buffer.from(ID + encodePublicKey(raw)), 33)).toString('base64url');
}

/** The public key object of 32 raw bytes, for node:crypto. */
export function publicKeyObject(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, sized(raw, 32)]), format: 'der', type: 'spki' });
}

/** The private key object of a 32-byte seed, for node:crypto. */
export function secretKeyObject(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, sized(seed, 32)]), format: 'der', type: 'pkcs8' });
}

function publicKeyOfSeed(seed: Uint8Array): Buffer {
  const der = createPublicKey(secretKeyObject(seed)).export({ format: 'der', type: 'spki' });
  return der.subarray(SPKI.length);
}

function decode(paserk: string, header: string, length: number): Buffer {
  const bytes = paserk.startsWith(header) ? fromBase64url(paserk.slice(header.length)) : null;
  if (!bytes) throw new AppError('malformed', `expected a ${header}… key`);
  sized(bytes, length);
  return bytes;
}

function sized(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length === length) return bytes;
  throw new AppError('malformed', `expected ${length} key bytes, found ${bytes.length}`);
}
