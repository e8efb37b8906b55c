// An approval token says who may do exactly what, for whom and for how long.

import { z } from 'zod';
import { canonicalJson } from '@/lib/kernel/json/canonical-json';

const hash = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const name = z.string().min(1).max(512);

/** Life of a token: what is given unasked, the longest, and how far a verifier's clock may lag behind. */
export const TOKEN_LIFE = { defaultSeconds: 300, maxSeconds: 900, skewSeconds: 30 } as const;

/** Claims of an approval token; ids in wire form, times RFC 3339 in UTC, hashes `sha256:<hex>`. */
export const ApprovalClaims = z.strictObject({
  iss: name,
  aud: name,
  sub: name,
  org: name,
  jti: name,
  iat: z.iso.datetime(),
  nbf: z.iso.datetime(),
  exp: z.iso.datetime(),
  purpose: z.literal('approval'),
  request: name,
  revision: z.int().min(1),
  action: name,
  payload_hash: hash,
  policy_hash: hash,
  approvers: z.array(name).max(100),
  step_up: z.boolean(),
});
export type ApprovalClaims = z.infer<typeof ApprovalClaims>;

/** What the issuer knows; time, purpose and payload hash are added when the token is made. */
export type ApprovalGrant = Omit<ApprovalClaims, 'iat' | 'nbf' | 'exp' | 'purpose' | 'payload_hash'>;

/** The implicit assertion: JCS of `{aud, payload_sha256}`, the latter in the same text as `payload_hash`. */
export function implicitAssertion(aud: string, payloadHash: string): Buffer {
  return Buffer.from(canonicalJson({ aud, payload_sha256: payloadHash }));
}
