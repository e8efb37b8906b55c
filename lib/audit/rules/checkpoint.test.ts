import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  checkpointVerifier,
  decodeVerifierKey,
  encodeVerifierKey,
  openCheckpoint,
  signCheckpoint,
} from './checkpoint';

const signer = { name: 'desk.test/log/org_1', seed: Buffer.alloc(32, 7) };
const verifier = checkpointVerifier(signer);
const checkpoint = { origin: 'desk.test/log/org_1', size: 1234, root: Buffer.alloc(32, 3) };
const text = signCheckpoint(checkpoint, signer);

it('says what was signed, to whoever holds the key', () => {
  expect(openCheckpoint(text, verifier)).toEqual(checkpoint);
  expect(text).toMatch(
    /^desk\.test\/log\/org_1\n1234\n[A-Za-z0-9+/]{43}=\n\n— desk\.test\/log\/org_1 [A-Za-z0-9+/]+=*\n$/,
  );
  const other = checkpointVerifier({ ...signer, seed: randomBytes(32) });
  expect(() => openCheckpoint(text, other)).toThrow(/one signature/);
  expect(() => openCheckpoint(text, { ...verifier, name: 'other' })).toThrow(/one signature/);
});

it('opens the signed note that Go’s golang.org/x/mod/sumdb/note prints as its example', () => {
  const peter = decodeVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
  const body =
    'If you think cryptography is the answer to your problem,\n' +
    "then you don't know what your problem is.\n";
  const signature =
    'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=';
  // Its signature holds; only then is its text found to be no checkpoint.
  expect(() => openCheckpoint(`${body}\n— PeterNeumann ${signature}\n`, peter)).toThrow(
    /origin, size and root/,
  );
  const forged = `x${signature.slice(1, 40)}A${signature.slice(41)}`;
  expect(() => openCheckpoint(`${body}\n— PeterNeumann ${forged}\n`, peter)).toThrow(/holds/);
  expect(encodeVerifierKey(peter)).toBe('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
});

it('passes over the signatures of witnesses', () => {
  const witness = signCheckpoint(checkpoint, { name: 'witness', seed: Buffer.alloc(32, 9) })
    .split('\n')
    .at(-2);
  expect(openCheckpoint(`${text}${witness}\n`, verifier)).toEqual(checkpoint);
  const own = text.split('\n').at(-2);
  expect(() => openCheckpoint(`${text}${own}\n`, verifier)).toThrow(/one signature/);
});

it('is refused with any single bit flipped', () => {
  const bytes = Buffer.from(text);
  let cases = 0;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    cases++;
    expect(() => openCheckpoint(flipped.toString('utf8'), verifier), `bit ${bit}`).toThrow(
      /not an acceptable/,
    );
  }
  console.log(`${cases} single-bit flips of a checkpoint: 0 accepted`);
});

it('is refused when its form is not exact', () => {
  const resigned = (body: string) => () => {
    const signed = signCheckpoint({ ...checkpoint, origin: 'x' }, signer);
    openCheckpoint(body + signed.slice(signed.indexOf('\n\n') + 1), verifier);
  };
  for (const body of ['', '\n', 'x\n01\nAA==\n', text]) expect(resigned(body)).toThrow(/not an acceptable/);
  expect(() => openCheckpoint(text.trimEnd(), verifier)).toThrow();
  expect(() => openCheckpoint(`${text}\n`, verifier)).toThrow();
  for (const bad of [
    { size: -1 },
    { size: 1.5 },
    { size: 2 ** 53 },
    { root: Buffer.alloc(31) },
    { origin: 'a\nb' },
    { origin: '' },
  ]) {
    expect(() => signCheckpoint({ ...checkpoint, ...bad }, signer)).toThrow(/expected an origin/);
  }
  expect(() => signCheckpoint(checkpoint, { ...signer, name: 'a b' })).toThrow(/name/);
});

it('has a verifier key as text', () => {
  const key = encodeVerifierKey(verifier);
  expect(decodeVerifierKey(key)).toEqual(verifier);
  for (const bad of [
    '',
    key.slice(0, -2),
    key.replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
    `${key} `,
    key.replace('+A', '+B'),
  ]) {
    expect(() => decodeVerifierKey(bad), bad).toThrow(expect.objectContaining({ code: 'malformed' }));
  }
});
