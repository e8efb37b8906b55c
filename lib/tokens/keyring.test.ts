import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keyring } from './keyring';
import { newSigningSecret } from './new-signing-secret';
import { findVerifyingKey, loadKeyring } from './rules/keyring';

const given = {
  authSecret: 'a'.repeat(32),
  apiKeyPepper: 'p'.repeat(32),
  auditMasterKeys: {},
  checkpointKey: 'c',
};

/** Settings are read once a process: here each test reads its own. */
function forget(): void {
  for (const name of ['env', 'tokens.keyring'])
    Reflect.deleteProperty(globalThis, Symbol.for(`countersign.${name}`));
}

function read(tokenKeys: unknown) {
  forget();
  vi.stubEnv('COUNTERSIGN_SECRETS', JSON.stringify({ ...given, tokenKeys }));
  return keyring();
}

beforeEach(() => {
  vi.stubEnv('DATABASE_URL', 'postgres://desk.test/none');
  vi.stubEnv('COUNTERSIGN_URL', 'https://desk.test');
});

afterEach(() => {
  vi.unstubAllEnvs();
  forget();
});

describe('the token keys of the settings', () => {
  const [first, second] = [newSigningSecret(), newSigningSecret()];
  const [publicHalf] = loadKeyring([second]).verifying;

  it('may be texts: the first signs, all verify', () => {
    const ring = read([first, second]);
    expect(ring.active.kid).toBe(loadKeyring([first]).active.kid);
    expect(ring.verifying).toHaveLength(2);
  });

  it('may say from when and until when tokens are taken, and be public where they no longer sign', () => {
    const retired = {
      paserk: publicHalf?.paserk,
      notBefore: '2026-01-01T00:00:00Z',
      retiredAt: '2026-11-20T13:00:00+01:00',
    };
    const ring = read([{ paserk: first }, retired]);
    const at = (time: string) => findVerifyingKey(ring, publicHalf?.kid ?? '', new Date(time))?.kid;
    expect(at('2025-12-31T23:59:59Z')).toBeUndefined();
    expect(at('2026-11-20T11:59:59Z')).toBe(publicHalf?.kid);
    expect(at('2026-11-20T12:00:00Z')).toBeUndefined();
  });

  it('are refused in words where they could not sign, or are no keys', () => {
    const refusals = [
      [],
      [publicHalf?.paserk, first],
      [{ paserk: first, retiredAt: '2027-01-01T00:00:00Z' }],
      [first, { paserk: second, retiredAt: 'soon' }],
      [first, { paserk: second, retired: '2027-01-01T00:00:00Z' }],
      ['k2.secret.AAAA'],
      [5],
    ];
    for (const keys of refusals) expect(() => read(keys)).toThrow(/tokenKeys/);
  });
});
