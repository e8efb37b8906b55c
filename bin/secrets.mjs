import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { refuse } from './refuse.mjs';

const DATABASE_USERS = ['superuser', 'owner', 'app', 'auth', 'sealer', 'sweep', 'jobs'];

/**
 * The installation's secrets, made once and kept in `secrets.json` (mode 0600). What a later version adds is added to
 * the file; nothing in it is ever replaced. The audit master key of next year exists before that year begins.
 * @param {string} dir the data folder
 * @param {Date} now
 * @returns {Promise<{ app: Record<string, unknown>, databasePasswords: Record<string, string> }>}
 */
export function ensureSecrets(dir, now = new Date()) {
  const file = path.join(dir, 'secrets.json');
  return withLock(path.join(dir, 'secrets.lock'), async () => {
    const found = readSecrets(file);
    const kept = completeSecrets(found, now);
    if (JSON.stringify(kept) !== JSON.stringify(found)) writeSecrets(file, kept);
    const { databasePasswords, ...app } = kept;
    return { app, databasePasswords };
  });
}

function completeSecrets(found, now) {
  const years = [now.getUTCFullYear(), now.getUTCFullYear() + 1].map(String);
  return {
    authSecret: found.authSecret ?? randomText(),
    apiKeyPepper: found.apiKeyPepper ?? randomText(),
    auditMasterKeys: {
      ...Object.fromEntries(years.map((year) => [year, randomText()])),
      ...found.auditMasterKeys,
    },
    tokenKeys: found.tokenKeys ?? [newTokenKey()],
    checkpointKey: found.checkpointKey ?? randomText(),
    databasePasswords: {
      ...Object.fromEntries(DATABASE_USERS.map((name) => [name, randomBytes(24).toString('hex')])),
      ...found.databasePasswords,
    },
  };
}

/** 32 random bytes, base64. */
function randomText() {
  return randomBytes(32).toString('base64');
}

/** An Ed25519 key as PASERK `k4.secret` (seed, then public key). */
function newTokenKey() {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const bytes = Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]);
  return `k4.secret.${bytes.toString('base64url')}`;
}

function readSecrets(file) {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return refuse(
      `${file} can't be read (${error.message}): restore it from a backup; without it tokens, keys and the audit record can't be checked.`,
    );
  }
}

/** Written beside and renamed, so that a full disk or a cut-short start never leaves half a file. */
function writeSecrets(file, secrets) {
  try {
    const beside = `${file}.${process.pid}`;
    writeFileSync(beside, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(beside, file);
  } catch (error) {
    refuse(
      `Can't write ${file} (${error.code}): free the disk or make the folder writable, or set DATA_DIR elsewhere.`,
    );
  }
}
