// An entry is what the record keeps of one change: canonical, free of personal data, bound by its leaf hash.

import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '@/lib/kernel/json/canonical-json';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { EventType } from './event-type';

const id = z.string().min(1).max(200);
const hash = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** One counted answer of a person; `member` in wire form, `onBehalfOf` where a grant lent the right. */
const Vote = z.looseObject({
  member: id,
  verdict: z.enum(['approve', 'reject']),
  revision: z.int().min(1),
  onBehalfOf: id.optional(),
  at: z.iso.datetime().optional(),
});

/** The record's unit, frozen per `v`; ids in wire form, `at` in UTC. Unknown members are kept. */
export const AuditEntry = z.looseObject({
  v: z.literal(1),
  org: id,
  eventId: id,
  at: z.iso.datetime(),
  type: EventType,
  actor: z.looseObject({
    kind: z.enum(['member', 'agent', 'token', 'system']),
    id,
    onBehalfOf: id.optional(),
    via: id,
  }),
  subject: z.looseObject({ type: id, id }),
  request: id.optional(),
  run: id.optional(),
  action: id.optional(),
  status: id.optional(),
  decision: z
    .looseObject({
      verdict: id,
      payloadHash: hash,
      revision: z.int().min(1),
      policyHash: hash,
      policyVersion: z.int().min(0),
      votes: z.array(Vote),
    })
    .optional(),
  stepUp: z.looseObject({ method: id, bindingHash: hash }).optional(),
  token: id.optional(),
  agent: z.looseObject({ id, version: id.optional(), model: id.optional() }).optional(),
  detailHash: hash.optional(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** The bytes that are stored and hashed: RFC 8785 canonical JSON in UTF-8. Throws `malformed`. */
export function encodeEntry(entry: AuditEntry): Buffer {
  // The type allows optional and unknown members; canonicalJson leaves out the absent and refuses what is not JSON.
  return Buffer.from(canonicalJson(entry as JsonValue));
}

/** The Merkle leaf of an entry, 32 bytes: SHA-256(0x00 ‖ entry) (RFC 6962 § 2.1). */
export function leafHash(entry: Uint8Array): Buffer {
  return createHash('sha256').update(Uint8Array.of(0)).update(entry).digest();
}

/** The seal an organisation's key sets on a leaf, 32 bytes: HMAC-SHA256(key, "audit-v1" ‖ leaf). */
export function eventMac(key: Uint8Array, leaf: Uint8Array): Buffer {
  return createHmac('sha256', key).update('audit-v1').update(leaf).digest();
}

/** One organisation's MAC key of 32 bytes, from the master of the year, by HKDF-SHA256 (RFC 5869). */
export function deriveOrgMacKey(master: Uint8Array, org: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, new Uint8Array(), `countersign audit-v1 ${org}`, 32));
}

/** What an entry says of its detail row: `sha256:` and the hash of salt ‖ JCS(body). */
export function detailHash(salt: Uint8Array, body: JsonValue): string {
  return detailTextHash(salt, canonicalJson(body));
}

/** The same of a body that is canonical text already. */
export function detailTextHash(salt: Uint8Array, text: string): string {
  return `sha256:${createHash('sha256').update(salt).update(text).digest('hex')}`;
}
