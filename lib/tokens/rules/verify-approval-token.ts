// A token is genuine only for the payload and the audience it was signed for, by a key of ours, in its time.

import { AppError } from '@/lib/kernel/errors';
import { sha256Canonical } from '@/lib/kernel/json/canonical-json';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { parseStrictJson } from '@/lib/kernel/json/strict-json';
import { ApprovalClaims, implicitAssertion, TOKEN_LIFE } from './claims';
import { findVerifyingKey, type Keyring, type VerifyingKey } from './keyring';
import { type PasetoParts, readUnverified, verifyPublic } from './paseto';

/** `payload` is what is about to be done; each of the others is compared where it is given. */
export type TokenExpectation = {
  payload: JsonValue;
  audience?: string;
  issuer?: string;
  org?: string;
  agent?: string;
};

const LONGEST_TOKEN = 16384;

/**
 * The claims of a genuine token. Throws `unauthorized` for a forged, foreign or not yet valid one, or a key
 * unknown or retired; `unprocessable` for a genuine one over another payload or audience; `gone` from `exp` on.
 */
export function verifyApprovalToken(
  keyring: Keyring,
  token: string,
  expected: TokenExpectation,
  now: Date,
): ApprovalClaims {
  const parts = token.length <= LONGEST_TOKEN ? readUnverified(token) : null;
  if (!parts) throw new AppError('unauthorized', 'expected a v4.public token');
  const key = keyOf(keyring, parts, now);
  const said = readClaims(parts);
  const payloadHash = sha256Canonical(expected.payload);
  if (!verifyPublic(key.publicKey, token, implicitAssertion(said.aud, payloadHash))) {
    throw refusalOf(key, token, said);
  }
  if (said.payload_hash !== payloadHash) throw new AppError('unauthorized', 'the token contradicts itself');
  requireTime(said, now);
  requireExpected(said, expected);
  return said;
}

function keyOf(keyring: Keyring, parts: PasetoParts, now: Date): VerifyingKey {
  const footer = readJson(parts.footer);
  const isObject = typeof footer === 'object' && footer !== null && !Array.isArray(footer);
  const kid = isObject && Object.hasOwn(footer, 'kid') ? footer.kid : undefined;
  const key = typeof kid === 'string' ? findVerifyingKey(keyring, kid, now) : undefined;
  if (!key) throw new AppError('unauthorized', 'expected a token signed by a key that is in use');
  return key;
}

/** Unproven until the signature holds; needed before, because the assertion is rebuilt from `aud`. */
function readClaims(parts: PasetoParts): ApprovalClaims {
  const claims = ApprovalClaims.safeParse(readJson(parts.payload));
  if (!claims.success) throw new AppError('unauthorized', 'expected the claims of an approval token');
  return claims.data;
}

function readJson(bytes: Buffer): JsonValue {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new AppError('unauthorized', 'expected JSON in the token');
  }
}

/** Tells a genuine token shown with another payload from a forged one; both are refused. */
function refusalOf(key: VerifyingKey, token: string, said: ApprovalClaims): AppError {
  const isGenuine =
    verifyPublic(key.publicKey, token, implicitAssertion(said.aud, said.payload_hash)) !== null;
  if (isGenuine) return new AppError('unprocessable', 'the token was issued for another payload');
  return new AppError('unauthorized', 'the signature does not hold');
}

function requireTime(claims: ApprovalClaims, now: Date): void {
  const skewed = now.getTime() + TOKEN_LIFE.skewSeconds * 1000;
  const [issued, from, until] = [Date.parse(claims.iat), Date.parse(claims.nbf), Date.parse(claims.exp)];
  if (issued > skewed || from > skewed) throw new AppError('unauthorized', 'the token is not valid yet');
  const longest = TOKEN_LIFE.maxSeconds * 1000;
  if (!(until > from && until - issued <= longest && until - from <= longest)) {
    throw new AppError('unauthorized', 'expected a token of at most fifteen minutes');
  }
  // No leniency here: a verifier whose clock is behind must not stretch an approval.
  if (now.getTime() >= until) throw new AppError('gone', 'the token has expired');
}

function requireExpected(claims: ApprovalClaims, expected: TokenExpectation): void {
  const pairs = [
    ['audience', expected.audience, claims.aud],
    ['issuer', expected.issuer, claims.iss],
    ['organisation', expected.org, claims.org],
    ['agent', expected.agent, claims.sub],
  ] as const;
  for (const [what, wanted, found] of pairs) {
    if (wanted !== undefined && wanted !== found) {
      throw new AppError('unprocessable', `the token was issued for another ${what}`);
    }
  }
}
