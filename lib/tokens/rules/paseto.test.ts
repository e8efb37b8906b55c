import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { publicKeyObject, secretKeyObject } from './paserk';
import { preAuthenticate, readUnverified, signPublic, verifyPublic } from './paseto';

const vectors = join(import.meta.dirname, '../../../../shared/data/vectors/paseto/v4.json');
const Vectors = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      'expect-fail': z.boolean(),
      token: z.string(),
      payload: z.string().nullable(),
      footer: z.string(),
      'implicit-assertion': z.string(),
      'public-key': z.string().optional(),
      'secret-key-seed': z.string().optional(),
    }),
  ),
});

// The key of the official vectors 4-S-1 to 4-S-3.
const seed = Buffer.from('b4cbfb43df4ce210727d953e4a713307fa19bb7d9f85041438d9e11b942a3774', 'hex');
const publicKey = Buffer.from('1eb9dbbbbc047c03fd70604e0071f0987e16b28b757225c11f00415d0e20b1a2', 'hex');
const payload = '{"data":"this is a signed message","exp":"2022-01-01T00:00:00+00:00"}';

it('signs and verifies official vectors 4-S-1 and 4-S-2', () => {
  const body =
    'v4.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9';
  const first = `${body}bg_XBBzds8lTZShVlwwKSgeKpLT3yukTw6JUz3W4h_ExsQV-P0V54zemZDcAxFaSeef1QlXEFtkqxT1ciiQEDA`;
  const second =
    `${body}v3Jt8mx_TdM2ceTGoqwrh4yDFn0XsHvvV_D0DtwQxVrJEBMl0F2caAdgnpKlt4p7xBnx1HcO-SPo8FPp214HDw` +
    '.eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9';
  const footer = Buffer.from('{"kid":"zVhMiPBP9fRf2snEcT7gFTioeA9COcNy9DfgL1W60haN"}');
  expect(signPublic(secretKeyObject(seed), Buffer.from(payload))).toBe(first);
  expect(signPublic(secretKeyObject(seed), Buffer.from(payload), footer)).toBe(second);
  expect(verifyPublic(publicKeyObject(publicKey), second)?.footer).toEqual(footer);
});

it.runIf(existsSync(vectors))('agrees with every official v4 vector', () => {
  const { tests } = Vectors.parse(JSON.parse(readFileSync(vectors, 'utf8')));
  for (const test of tests) {
    const implicit = Buffer.from(test['implicit-assertion']);
    const raw = Buffer.from(test['public-key'] ?? publicKey.toString('hex'), 'hex');
    const opened = verifyPublic(publicKeyObject(raw), test.token, implicit);
    // Tokens for the other purpose (local) are no v4.public tokens, so they fail here too.
    const isGenuine = !test['expect-fail'] && test['public-key'] !== undefined;
    expect(opened !== null, test.name).toBe(isGenuine);
    if (!opened || test.payload === null) continue;
    expect(opened.payload.toString(), test.name).toBe(test.payload);
    const secretKey = secretKeyObject(Buffer.from(test['secret-key-seed'] ?? '', 'hex'));
    expect(signPublic(secretKey, opened.payload, Buffer.from(test.footer), implicit)).toBe(test.token);
  }
  console.log(`${tests.length} official PASETO v4 vectors`);
});

it('encodes pieces as the specification shows', () => {
  expect(preAuthenticate([]).toString('hex')).toBe('0000000000000000');
  expect(preAuthenticate([Buffer.alloc(0)]).toString('hex')).toBe('01000000000000000000000000000000');
  expect(preAuthenticate([Buffer.from('test')]).toString('hex')).toBe(
    '0100000000000000040000000000000074657374',
  );
});

it('opens what was signed, and only with the same assertion and key', () => {
  const pair = generateKeyPairSync('ed25519');
  const other = generateKeyPairSync('ed25519');
  const bytes = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(bytes, bytes, bytes, (message, footer, implicit) => {
      const token = signPublic(pair.privateKey, message, footer, implicit);
      const opened = verifyPublic(pair.publicKey, token, implicit);
      expect(opened && [...opened.payload]).toEqual([...message]);
      expect(opened && [...opened.footer]).toEqual([...footer]);
      expect(verifyPublic(pair.publicKey, token, Buffer.concat([implicit, Buffer.from([0])]))).toBeNull();
      expect(verifyPublic(other.publicKey, token, implicit)).toBeNull();
    }),
    { numRuns: 200 },
  );
});

it('refuses text that is no v4.public token', () => {
  const token = signPublic(secretKeyObject(seed), Buffer.from(payload), Buffer.from('f'));
  const [version, purpose, body, footer] = token.split('.');
  const bad = [
    '',
    'v4.public.',
    `${token}.`,
    `${token}.Zg`,
    `${token}=`,
    `${token} `,
    `${version}.${purpose}.${body}`,
    `${version}.${purpose}.${body}.`,
    `v3.${purpose}.${body}.${footer}`,
    `${version}.local.${body}.${footer}`,
    `V4.${purpose}.${body}.${footer}`,
    `${version}.${purpose}.${body?.slice(0, 80)}.${footer}`,
    `${version}.${purpose}.${body}.Zh`,
    token.replaceAll('_', '/').replaceAll('-', '+').replace('v4/', 'v4.'),
  ];
  for (const text of bad) {
    if (text === token) continue;
    expect(verifyPublic(publicKeyObject(publicKey), text), text).toBeNull();
  }
  expect(readUnverified('v4.public.Zg')).toBeNull();
});
