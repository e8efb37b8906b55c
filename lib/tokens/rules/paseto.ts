// A PASETO v4.public token is its payload, signed together with its footer and an implicit assertion.

import { type KeyObject, sign, verify } from 'node:crypto';
import { fromBase64url } from './base64url';

/** What a token carries, before or after its signature was checked. */
export type PasetoParts = { payload: Buffer; footer: Buffer };

const HEADER = 'v4.public.';
const SIGNATURE_BYTES = 64;

/** Signs `payload` (PASETO v4 § Sign) with an Ed25519 private key; the implicit assertion is not in the token. */
export function signPublic(
  secretKey: KeyObject,
  payload: Uint8Array,
  footer: Uint8Array = new Uint8Array(),
  implicit: Uint8Array = new Uint8Array(),
): string {
  const signature = sign(null, preAuthenticate([Buffer.from(HEADER), payload, footer, implicit]), secretKey);
  const body = HEADER + Buffer.concat([payload, signature]).toString('base64url');
  return footer.length === 0 ? body : `${body}.${Buffer.from(footer).toString('base64url')}`;
}

/** Payload and footer if `publicKey` signed them with this implicit assertion (PASETO v4 § Verify), else null. */
export function verifyPublic(
  publicKey: KeyObject,
  token: string,
  implicit: Uint8Array = new Uint8Array(),
): PasetoParts | null {
  const parts = splitToken(token);
  if (!parts) return null;
  const { payload, footer, signature } = parts;
  const signed = preAuthenticate([Buffer.from(HEADER), payload, footer, implicit]);
  return verify(null, signed, publicKey, signature) ? { payload, footer } : null;
}

/** What a token says, unproven: good for choosing the key, never for a decision. Null if it is no v4.public. */
export function readUnverified(token: string): PasetoParts | null {
  const parts = splitToken(token);
  return parts && { payload: parts.payload, footer: parts.footer };
}

/** PASETO's pre-authentication encoding: count, then each piece after its length, all as 64-bit little-endian. */
export function preAuthenticate(pieces: Uint8Array[]): Buffer {
  return Buffer.concat([
    littleEndian(pieces.length),
    ...pieces.flatMap((piece) => [littleEndian(piece.length), piece]),
  ]);
}

function littleEndian(count: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(count));
  return bytes;
}

function splitToken(token: string): (PasetoParts & { signature: Buffer }) | null {
  if (!token.startsWith(HEADER)) return null;
  const [bodyText = '', footerText, ...more] = token.slice(HEADER.length).split('.');
  if (more.length > 0 || footerText === '') return null;
  const body = fromBase64url(bodyText);
  const footer = fromBase64url(footerText ?? '');
  if (!body || !footer || body.length < SIGNATURE_BYTES) return null;
  const end = body.length - SIGNATURE_BYTES;
  return { payload: body.subarray(0, end), signature: body.subarray(end), footer };
}
