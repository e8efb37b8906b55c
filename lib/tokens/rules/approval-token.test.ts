import fc from 'fast-check';
import { sign as foreignSign, verify as foreignVerify } from 'paseto-ts/v4';
import { describe, expect, it } from 'vitest';
import { AppError } from '@/lib/kernel/errors';
import type { JsonObject, JsonValue } from '@/lib/kernel/json/json-value';
import { newSigningSecret } from '../new-signing-secret';
import { type ApprovalGrant, implicitAssertion } from './claims';
import { issueApprovalToken, type TokenTime } from './issue-approval-token';
import { type Keyring, loadKeyring } from './keyring';
import { signPublic } from './paseto';
import { type TokenExpectation, verifyApprovalToken } from './verify-approval-token';

const secret = newSigningSecret();
const keyring = loadKeyring([secret]);
const now = new Date('2026-03-01T12:00:00.000Z');
const payload = { to: 'DE89 3704', amount: 412, currency: 'EUR' };
const grant: ApprovalGrant = {
  iss: 'https://desk.test',
  aud: 'hetzner.com',
  sub: 'agt_1',
  org: 'org_1',
  jti: 'tok_1',
  request: 'req_1',
  revision: 1,
  action: 'payment.send',
  policy_hash: `sha256:${'0'.repeat(64)}`,
  approvers: ['mem_1', 'mem_2'],
  step_up: true,
};

const issue = (over: Partial<ApprovalGrant> = {}, what: JsonValue = payload, time: TokenTime = { now }) =>
  issueApprovalToken(keyring, { ...grant, ...over }, what, time);
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

function outcome(
  token: string,
  expected: Partial<TokenExpectation> = {},
  at = now,
  keys: Keyring = keyring,
): string {
  try {
    verifyApprovalToken(keys, token, { payload, ...expected }, at);
    return 'genuine';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code;
  }
}

/** A token with any claims at all, properly signed by our own key. */
function signed(
  claims: JsonValue,
  footer: JsonValue = { kid: keyring.active.kid },
  assertion?: Buffer,
): string {
  const own = issue().claims;
  const implicit = assertion ?? implicitAssertion(own.aud, own.payload_hash);
  const bytes = (value: JsonValue) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return signPublic(keyring.active.secretKey, bytes(claims), bytes(footer), implicit);
}

describe('an approval token', () => {
  it('carries its claims to whoever holds the payload', () => {
    const { token, claims, expiresAt } = issue();
    const found = verifyApprovalToken(
      keyring,
      token,
      { payload, audience: 'hetzner.com', issuer: 'https://desk.test', org: 'org_1', agent: 'agt_1' },
      now,
    );
    expect(found).toEqual(claims);
    expect(found).toMatchObject({ ...grant, purpose: 'approval', exp: '2026-03-01T12:05:00.000Z' });
    expect(expiresAt).toEqual(later(300));
  });

  it('holds for the same payload in any order and spelling, and for no other', () => {
    const { token } = issue();
    const text = '{ "currency": "EUR", "amount": 4.12e2, "to": "DE89\\u00203704" }';
    expect(outcome(token, { payload: JSON.parse(text) })).toBe('genuine');
    for (const other of [
      { ...payload, amount: 413 },
      { ...payload, amount: '412' },
      { ...payload, to: 'DE89 3705' },
      { ...payload, more: null },
      [payload],
      null,
    ]) {
      expect(outcome(token, { payload: other })).toBe('unprocessable');
    }
  });

  it('never holds for a payload with one byte changed', () => {
    const text = JSON.stringify(payload);
    const { token } = issue();
    let cases = 0;
    for (let index = 0; index < text.length; index++) {
      for (const byte of ['0', '9', 'x', ' ', '"']) {
        let changed: JsonValue;
        try {
          changed = JSON.parse(text.slice(0, index) + byte + text.slice(index + 1));
        } catch {
          continue;
        }
        if (JSON.stringify(changed) === text) continue;
        cases++;
        expect(outcome(token, { payload: changed })).toBe('unprocessable');
      }
    }
    console.log(`${cases} payloads with one byte changed: 0 accepted`);
    expect(cases).toBeGreaterThan(50);
  });

  it('holds for its audience, issuer, organisation and agent alone', () => {
    const { token } = issue();
    for (const expected of [
      { audience: 'evil.test' },
      { audience: '' },
      { issuer: 'x' },
      { org: 'org_2' },
      { agent: 'agt_2' },
    ]) {
      expect(outcome(token, expected), JSON.stringify(expected)).toBe('unprocessable');
    }
  });

  it('holds from nbf, with 30 seconds of leniency, until exp, with none', () => {
    const { token } = issue();
    const at = (seconds: number) => outcome(token, {}, later(seconds));
    expect([at(-31), at(-30.001), at(-30), at(-1), at(0), at(1)]).toEqual([
      'unauthorized',
      'unauthorized',
      'genuine',
      'genuine',
      'genuine',
      'genuine',
    ]);
    expect([at(299), at(299.999), at(300), at(300.001), at(301), at(331)]).toEqual([
      'genuine',
      'genuine',
      'gone',
      'gone',
      'gone',
      'gone',
    ]);
  });

  it('lives at most fifteen minutes and never beyond the approval', () => {
    expect(issue({}, payload, { now, lifeSeconds: 900 }).expiresAt).toEqual(later(900));
    expect(issue({}, payload, { now, notAfter: later(40) }).expiresAt).toEqual(later(40));
    expect(issue({}, payload, { now, notAfter: later(4000) }).expiresAt).toEqual(later(300));
    for (const lifeSeconds of [901, 0, -1, Number.NaN]) {
      expect(() => issue({}, payload, { now, lifeSeconds })).toThrow(/expected a life/);
    }
    expect(() => issue({}, payload, { now, notAfter: now })).toThrow(
      expect.objectContaining({ code: 'gone' }),
    );
    const { claims } = issue();
    expect(outcome(signed(claims))).toBe('genuine');
    expect(outcome(signed({ ...claims, exp: later(901).toISOString() }))).toBe('unauthorized');
    expect(
      outcome(signed({ ...claims, nbf: later(-1000).toISOString(), exp: later(10).toISOString() })),
    ).toBe('unauthorized');
    expect(outcome(signed({ ...claims, exp: claims.nbf }))).toBe('unauthorized');
  });

  it('is no other kind of token, though signed by the same key', () => {
    const { claims } = issue();
    const { purpose: _purpose, ...unpurposed } = claims;
    const bad: JsonValue[] = [
      { ...claims, purpose: 'session' },
      unpurposed,
      { ...claims, admin: true },
      { ...claims, revision: '1' },
      { ...claims, exp: 1772366700 },
      { ...claims, approvers: 'mem_1' },
      JSON.stringify(claims).replace('"purpose"', '"purpose":"session","purpose"'),
      '{}',
      '[]',
      'null',
      '"',
    ];
    for (const value of bad) expect(outcome(signed(value)), JSON.stringify(value)).toBe('unauthorized');
    for (const name of Object.keys(claims)) {
      const without: JsonObject = { ...claims };
      delete without[name];
      expect(outcome(signed(without)), `without ${name}`).toBe('unauthorized');
    }
  });

  it('needs the footer that names a key of ours', () => {
    const { claims } = issue();
    const { kid } = keyring.active;
    const bad: JsonValue[] = ['', '{}', 'null', '[]', kid, { kid: `${kid}x` }, { kid: null }, { kid: ['x'] }];
    for (const footer of [...bad, `{"kid":"${kid}","kid":"${kid}"}`]) {
      expect(outcome(signed(claims, footer)), JSON.stringify(footer)).toBe('unauthorized');
    }
    const foreign = loadKeyring([newSigningSecret()]);
    expect(outcome(issue().token, {}, now, foreign)).toBe('unauthorized');
    const forged = signPublic(
      foreign.active.secretKey,
      Buffer.from(JSON.stringify(claims)),
      Buffer.from(JSON.stringify({ kid, jku: 'https://evil.test/keys' })),
      implicitAssertion(claims.aud, claims.payload_hash),
    );
    expect(outcome(forged)).toBe('unauthorized');
  });

  it('needs the assertion that its own hash claims', () => {
    const { claims } = issue();
    const otherHash = `sha256:${'1'.repeat(64)}`;
    expect(outcome(signed({ ...claims, payload_hash: otherHash }))).toBe('unauthorized');
    expect(outcome(signed(claims, undefined, Buffer.alloc(0)))).toBe('unauthorized');
    expect(outcome(signed(claims, undefined, implicitAssertion('evil.test', claims.payload_hash)))).toBe(
      'unauthorized',
    );
  });

  it('is never accepted with a single bit of it flipped', { timeout: 120_000 }, () => {
    let cases = 0;
    let accepted = 0;
    for (let count = 0; count < 20; count++) {
      const { token } = issue({ jti: `tok_${count}`, approvers: [], aud: `a${count}` });
      const bytes = Buffer.from(token);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        cases++;
        if (outcome(flipped.toString('latin1')) === 'genuine') accepted++;
      }
    }
    console.log(`${cases} single-bit flips of 20 tokens: ${accepted} accepted`);
    expect(accepted).toBe(0);
    expect(cases).toBeGreaterThan(20 * 8 * 500);
  });

  it('is never accepted cut short, lengthened or with halves of two tokens', () => {
    const { token } = issue();
    const other = issue({ jti: 'tok_2' }).token;
    for (let length = 0; length < token.length; length++)
      expect(outcome(token.slice(0, length))).toBe('unauthorized');
    for (const tail of ['A', '=', '.', '.e30', ' ', '\n']) expect(outcome(token + tail)).toBe('unauthorized');
    const middle = Math.floor(token.length / 2);
    expect(outcome(token.slice(0, middle) + other.slice(middle))).toBe('unauthorized');
    expect(outcome(`v4.public.${'A'.repeat(1_000_000)}`)).toBe('unauthorized');
  });

  it('throws nothing but a named refusal, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (body, footer) => {
        const text = Buffer.from(body.repeat(20)).toString('base64url');
        expect(outcome(`v4.public.${text}.${Buffer.from(footer).toString('base64url')}`)).toBe(
          'unauthorized',
        );
        expect(outcome(body)).toBe('unauthorized');
      }),
    );
  });
});

describe('a keyring', () => {
  it('verifies tokens of an older key until that key retires', () => {
    const { token } = issue();
    const next = newSigningSecret();
    const rotated = (retiredAt: Date | null) =>
      loadKeyring([next, { paserk: keyring.verifying[0]?.paserk ?? '', retiredAt }]);
    expect(outcome(token, {}, later(60), rotated(null))).toBe('genuine');
    expect(outcome(token, {}, later(60), rotated(later(61)))).toBe('genuine');
    expect(outcome(token, {}, later(61), rotated(later(61)))).toBe('unauthorized');
    expect(outcome(token, {}, later(60), loadKeyring([next]))).toBe('unauthorized');
    expect(outcome(token, {}, now, loadKeyring([{ paserk: secret, notBefore: later(1) }]))).toBe(
      'unauthorized',
    );
    expect(rotated(null).active.kid).not.toBe(keyring.active.kid);
  });

  it('wants a secret key first, and each key once', () => {
    expect(() => loadKeyring([])).toThrow(/at least one/);
    expect(() => loadKeyring([keyring.verifying[0]?.paserk ?? ''])).toThrow(/k4.secret/);
    expect(() => loadKeyring([secret, secret])).toThrow(/once/);
  });
});

describe('an independent implementation', () => {
  const publicPaserk = keyring.verifying[0]?.paserk ?? '';
  // It refuses tokens that have expired by the wall clock.
  const today = new Date();

  it('opens our tokens, with footer and assertion', () => {
    for (let count = 0; count < 50; count++) {
      const { token, claims } = issue({ jti: `tok_é${count}` }, payload, { now: today });
      const assertion = implicitAssertion(claims.aud, claims.payload_hash);
      const opened = foreignVerify(publicPaserk, token, { assertion });
      expect(opened.payload).toEqual(claims);
      expect(opened.footer).toEqual({ kid: keyring.active.kid });
      const swapped = implicitAssertion('evil.test', claims.payload_hash);
      expect(() => foreignVerify(publicPaserk, token, { assertion: swapped })).toThrow();
    }
  });

  it('writes tokens that we open', () => {
    for (let count = 0; count < 50; count++) {
      const { claims } = issue({ jti: `tok_${count}`, action: `ü.${count}` }, payload, { now: today });
      const assertion = implicitAssertion(claims.aud, claims.payload_hash);
      const options = { footer: { kid: keyring.active.kid }, assertion, addIat: false, addExp: false };
      const token = foreignSign(secret, { ...claims }, options);
      expect(verifyApprovalToken(keyring, token, { payload }, today)).toEqual(claims);
    }
  });
});
