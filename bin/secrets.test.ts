import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { ensureSecrets } from './secrets.mjs';

const now = new Date('2026-11-20T12:00:00Z');
let dir = '';

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'countersign-secrets-'));
});

test('Secrets are made once, for their owner alone, and are the same on every later start', async () => {
  const first = await ensureSecrets(dir, now);
  expect(await ensureSecrets(dir, now)).toEqual(first);
  expect(statSync(path.join(dir, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('Two first starts at once agree', async () => {
  const all = await Promise.all([1, 2, 3].map(() => ensureSecrets(dir, now)));
  expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
});

test('The passwords of the database are not among what the program is given', async () => {
  const { app, databasePasswords } = await ensureSecrets(dir, now);
  expect(Object.keys(app)).not.toContain('databasePasswords');
  for (const password of Object.values(databasePasswords))
    expect(JSON.stringify(app)).not.toContain(password);
});

test('Next year has its audit key before it begins, and a key once made is never replaced', async () => {
  const first = (await ensureSecrets(dir, now)).app.auditMasterKeys as Record<string, string>;
  const later = (await ensureSecrets(dir, new Date('2027-06-01T00:00:00Z'))).app.auditMasterKeys;
  expect(Object.keys(first)).toEqual(['2026', '2027']);
  expect(later).toMatchObject(first);
  expect(later).toHaveProperty('2028');
});

test('The token key is an Ed25519 seed followed by its own public key', async () => {
  const [key = ''] = (await ensureSecrets(dir, now)).app.tokenKeys as string[];
  const bytes = Buffer.from(key.replace('k4.secret.', ''), 'base64url');
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), bytes.subarray(0, 32)]);
  const { x } = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({
    format: 'jwk',
  });
  expect(bytes.length).toBe(64);
  expect(bytes.subarray(32).toString('base64url')).toBe(x);
});

test('A file that cannot be read is never overwritten', async () => {
  writeFileSync(path.join(dir, 'secrets.json'), '{"authSecret": "half');
  await expect(ensureSecrets(dir, now)).rejects.toThrow("can't be read");
  expect(readFileSync(path.join(dir, 'secrets.json'), 'utf8')).toBe('{"authSecret": "half');
});
