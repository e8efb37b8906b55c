// A checkpoint is a signed note that says how long the log is and what its root is.

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { AppError } from '@/lib/kernel/errors';

/** `size` counts leaves; `root` is 32 bytes; `origin` is `<host>/log/<org>`. */
export type Checkpoint = { origin: string; size: number; root: Buffer };

/** `seed` is the 32-byte Ed25519 secret; `name` has neither spaces nor plus signs. */
export type CheckpointSigner = { name: string; seed: Uint8Array };

/** `publicKey` is the 32 raw Ed25519 bytes. */
export type CheckpointVerifier = { name: string; publicKey: Uint8Array };

const ED25519 = 0x01;
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_NAME = /^[^\s+]+$/u;
const TEXT = /^[^\p{Cc}\p{Surrogate}]+$/u;
const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;

/** The checkpoint's text (C2SP tlog-checkpoint) as a signed note (C2SP signed-note). Throws `malformed`. */
export function signCheckpoint(checkpoint: Checkpoint, signer: CheckpointSigner): string {
  const { origin, size, root } = checkpoint;
  if (!TEXT.test(origin) || !Number.isSafeInteger(size) || size < 0 || root.length !== 32) {
    throw new AppError('malformed', 'expected an origin, a size and a root of 32 bytes');
  }
  const body = `${origin}\n${size}\n${root.toString('base64')}\n`;
  const key = secretKeyObject(signer.seed);
  const id = keyId(signer.name, rawPublicKey(key));
  const signature = Buffer.concat([id, sign(null, Buffer.from(body), key)]);
  return `${body}\n— ${signer.name} ${signature.toString('base64')}\n`;
}

/**
 * What a checkpoint says, once this key's signature on it holds; signatures of others are passed over.
 * Throws `unprocessable` when the text is no checkpoint or the signature is absent or false.
 */
export function openCheckpoint(text: string, verifier: CheckpointVerifier): Checkpoint {
  const end = text.lastIndexOf('\n\n');
  if (end < 0 || !text.endsWith('\n')) throw unacceptable('a signed note');
  const body = text.slice(0, end + 1);
  const lines = text.slice(end + 2, -1).split('\n');
  const signatures = lines.map((line) => readSignature(line));
  const id = keyId(verifier.name, verifier.publicKey);
  const own = signatures.filter(
    ({ name, bytes }) => name === verifier.name && bytes.subarray(0, 4).equals(id),
  );
  const [signature] = own;
  if (!signature || own.length > 1) throw unacceptable(`one signature by ${verifier.name}`);
  const key = publicKeyObject(verifier.publicKey);
  if (!verify(null, Buffer.from(body), key, signature.bytes.subarray(4)))
    throw unacceptable('a signature that holds');
  return readBody(body);
}

/** The verifier of a signer: what is published. */
export function checkpointVerifier(signer: CheckpointSigner): CheckpointVerifier {
  return { name: signer.name, publicKey: rawPublicKey(secretKeyObject(signer.seed)) };
}

/** The verifier key as text, `<name>+<key id>+<base64 of type and key>` (C2SP signed-note). */
export function encodeVerifierKey(verifier: CheckpointVerifier): string {
  const { name, publicKey } = verifier;
  const key = Buffer.concat([Uint8Array.of(ED25519), publicKey]).toString('base64');
  return `${name}+${keyId(name, publicKey).toString('hex')}+${key}`;
}

/** The verifier that such text stands for. Throws `malformed`, also when the key id is not the key's. */
export function decodeVerifierKey(text: string): CheckpointVerifier {
  const [, name = '', , base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(text) ?? [];
  const key = Buffer.from(base64, 'base64');
  const verifier = { name, publicKey: key.subarray(1) };
  if (key.length !== 33 || key[0] !== ED25519 || encodeVerifierKey(verifier) !== text) {
    throw new AppError('malformed', 'expected an Ed25519 verifier key as <name>+<id>+<key>');
  }
  return verifier;
}

function readBody(body: string): Checkpoint {
  const [origin = '', sizeText = '', rootText = '', ...rest] = body.slice(0, -1).split('\n');
  const root = Buffer.from(rootText, 'base64');
  const size = SIZE.test(sizeText) ? Number(sizeText) : Number.NaN;
  // Further lines are extensions, which may say anything but nothing.
  const isSound = [origin, ...rest].every((line) => TEXT.test(line));
  if (!isSound || !Number.isSafeInteger(size)) throw unacceptable('origin, size and root');
  if (root.length !== 32 || root.toString('base64') !== rootText) throw unacceptable('a root of 32 bytes');
  return { origin, size, root };
}

function readSignature(line: string): { name: string; bytes: Buffer } {
  const [, name = '', base64 = ''] = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  if (name === '' || bytes.length < 5 || bytes.toString('base64') !== base64)
    throw unacceptable('signature lines');
  return { name, bytes };
}

/** The first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key). */
function keyId(name: string, publicKey: Uint8Array): Buffer {
  if (!KEY_NAME.test(name) || publicKey.length !== 32) {
    throw new AppError('malformed', 'expected a key of 32 bytes, and a name without spaces or plus signs');
  }
  const hash = createHash('sha256').update(`${name}\n`).update(Uint8Array.of(ED25519)).update(publicKey);
  return hash.digest().subarray(0, 4);
}

function secretKeyObject(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

function publicKeyObject(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
}

function rawPublicKey(secretKey: KeyObject): Buffer {
  return createPublicKey(secretKey).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
}

function unacceptable(expected: string): AppError {
  return new AppError('unprocessable', `not an acceptable checkpoint: expected ${expected}`);
}
