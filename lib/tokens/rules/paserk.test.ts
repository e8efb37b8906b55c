import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newSigningSecret } from '../new-signing-secret';
import { decodePublicKey, decodeSecretKey, encodePublicKey, encodeSecretKey, publicKeyId } from './paserk';

const folder = join(import.meta.dirname, '../../../../shared/data/vectors/paseto');
const Vectors = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      'expect-fail': z.boolean(),
      key: z.string().nullable(),
      paserk: z.string().nullable(),
    }),
  ),
});

describe('PASERK', () => {
  it('names and writes keys as the official vectors do', () => {
    const raw = Buffer.from('707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f', 'hex');
    expect(publicKeyId(raw)).toBe('k4.pid.9ShR3xc8-qVJ_di0tc9nx0IDIqbatdeM2mqLFBJsKRHs');
    expect(publicKeyId(Buffer.alloc(32))).toBe('k4.pid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFE');
    expect(encodePublicKey(raw)).toBe('k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8');
    expect(decodePublicKey(encodePublicKey(raw))).toEqual(raw);
    const secret = encodeSecretKey(Buffer.alloc(32));
    expect(secret).toBe(
      'k4.secret.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA7aie8zrakLWKjqNAqbw1zZTIVdx3iQ6Y6wEihi1naKQ',
    );
    expect(decodeSecretKey(secret).seed).toEqual(Buffer.alloc(32));
  });

  it('refuses keys of another kind, length or spelling', () => {
    const secret = newSigningSecret();
    const { publicKey } = decodeSecretKey(secret);
    const text = encodePublicKey(publicKey);
    const bad = [
      secret,
      text.replace('k4', 'k3'),
      `${text}=`,
      text.slice(0, -1),
      `${text}A`,
      'k4.public.',
      '',
    ];
    for (const paserk of bad) expect(() => decodePublicKey(paserk), paserk).toThrow(/expected/);
    const strange = Buffer.concat([Buffer.alloc(32), publicKey]).toString('base64url');
    expect(() => decodeSecretKey(`k4.secret.${strange}`)).toThrow(/belong together/);
    expect(() => publicKeyId(Buffer.alloc(31))).toThrow(/32 key bytes/);
  });

  it.runIf(existsSync(folder))('agrees with every official vector', () => {
    const kinds = {
      'k4.pid': (key: Buffer) => publicKeyId(key),
      'k4.public': (key: Buffer) => encodePublicKey(key),
      'k4.secret': (key: Buffer) => {
        const text = encodeSecretKey(key.subarray(0, 32));
        const { seed, publicKey } = decodeSecretKey(text);
        if (!Buffer.concat([seed, publicKey]).equals(key)) throw new Error('halves differ');
        return text;
      },
    };
    let count = 0;
    for (const [kind, encode] of Object.entries(kinds)) {
      const { tests } = Vectors.parse(JSON.parse(readFileSync(join(folder, `${kind}.json`), 'utf8')));
      for (const test of tests) {
        count++;
        const key = Buffer.from(test.key ?? '', 'hex');
        if (!test['expect-fail']) expect(encode(key), test.name).toBe(test.paserk);
        else if (test.paserk === null) expect(() => encode(key), test.name).toThrow();
        else
          expect(() =>
            (kind === 'k4.secret' ? decodeSecretKey : decodePublicKey)(test.paserk ?? ''),
          ).toThrow();
      }
    }
    console.log(`${count} official PASERK k4 vectors`);
  });
});
