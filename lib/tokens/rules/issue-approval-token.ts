// A token lives five minutes unless asked otherwise, fifteen at most, and never beyond the approval itself.

import { AppError } from '@/lib/kernel/errors';
import { canonicalJson, sha256Canonical } from '@/lib/kernel/json/canonical-json';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { type ApprovalClaims, type ApprovalGrant, implicitAssertion, TOKEN_LIFE } from './claims';
import type { Keyring } from './keyring';
import { signPublic } from './paseto';

/** `now` as the database has it; `notAfter` is the end of the approval's window. */
export type TokenTime = { now: Date; lifeSeconds?: number; notAfter?: Date | null };

export type IssuedToken = { token: string; claims: ApprovalClaims; expiresAt: Date };

/**
 * A PASETO v4.public token for this payload, signed by the active key.
 * Throws `gone` once the approval's window has closed. Whoever verifies checks the claims' shapes.
 */
export function issueApprovalToken(
  keyring: Keyring,
  grant: ApprovalGrant,
  payload: JsonValue,
  time: TokenTime,
): IssuedToken {
  const expiresAt = expiryOf(time);
  const claims: ApprovalClaims = {
    ...grant,
    iat: time.now.toISOString(),
    nbf: time.now.toISOString(),
    exp: expiresAt.toISOString(),
    purpose: 'approval',
    payload_hash: sha256Canonical(payload),
  };
  const token = signPublic(
    keyring.active.secretKey,
    Buffer.from(canonicalJson(claims)),
    Buffer.from(canonicalJson({ kid: keyring.active.kid })),
    implicitAssertion(claims.aud, claims.payload_hash),
  );
  return { token, claims, expiresAt };
}

function expiryOf({ now, lifeSeconds = TOKEN_LIFE.defaultSeconds, notAfter }: TokenTime): Date {
  if (!(lifeSeconds > 0 && lifeSeconds <= TOKEN_LIFE.maxSeconds)) {
    throw new AppError('unprocessable', `expected a life of 1 to ${TOKEN_LIFE.maxSeconds} seconds`);
  }
  const latest = Math.min(
    now.getTime() + lifeSeconds * 1000,
    notAfter?.getTime() ?? Number.POSITIVE_INFINITY,
  );
  if (latest <= now.getTime()) throw new AppError('gone', 'the approval has lapsed');
  return new Date(latest);
}
