// An API key is `cs_live_<12 id>_<43 secret><6 checksum>`: a mistyped one is refused without asking the database.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const keyAlphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const shape = /^cs_live_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** The key as its agent carries it. */
export function writeApiKey({ publicId, secret }: { publicId: string; secret: string }): string {
  return `cs_live_${publicId}_${secret}${checksum(publicId + secret)}`;
}

/** The parts of a well-formed key with a right checksum; null for anything else. */
export function parseApiKey(text: string): { publicId: string; secret: string } | null {
  const [, publicId, secret, sum] = shape.exec(text) ?? [];
  if (!publicId || !secret || checksum(publicId + secret) !== sum) return null;
  return { publicId, secret };
}

/** HMAC-SHA256 under the installation's pepper: the secret has 256 random bits, so a fast hash is enough. */
export function hashSecret(pepper: string, secret: string): Buffer {
  return createHmac('sha256', pepper).update(secret).digest();
}

export function secretMatches(pepper: string, secret: string, hash: Uint8Array): boolean {
  const found = hashSecret(pepper, secret);
  return found.length === hash.length && timingSafeEqual(found, hash);
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let index = 0; index < 6; index++) {
    digits = keyAlphabet.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
