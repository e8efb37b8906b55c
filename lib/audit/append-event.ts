import { randomBytes } from 'node:crypto';
import type { Context, Transaction } from '@/lib/kernel/context';
import { actorWireId } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { newId, toWire } from '@/lib/kernel/ids';
import { canonicalJson } from '@/lib/kernel/json/canonical-json';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { macKey, macKeyIdAt } from './mac-key';
import { type AuditEntry, detailTextHash, encodeEntry, eventMac, leafHash } from './rules/entry';
import type { EventType } from './rules/event-type';

/** What happened, said by the verb; ids are UUIDs of this org's rows unless they are wire ids of a subject. */
export type EventDraft = {
  type: EventType;
  subject: { type: string; id: string };
  requestId?: string;
  runId?: string | null;
  action?: string;
  status?: string;
  agent?: { id: string; version?: string | null; model?: string | null };
  decision?: AuditEntry['decision'];
  token?: AuditEntry['token'];
  /** Personal and bulky matter: kept beside the entry, bound to it by a salted hash, erasable. */
  detail?: JsonValue;
};

export type EventRow = {
  eventId: string;
  at: Date;
  entry: AuditEntry;
  bytes: Buffer;
  leaf: Buffer;
  mac: Buffer;
  macKeyId: string;
  draft: EventDraft;
  detail: { salt: Buffer; body: string } | null;
};

/** No event, no change: appends one event in the transaction of the change. Fails the change when it fails. */
export async function appendEvent(ctx: Transaction, draft: EventDraft): Promise<string> {
  const row = planEvent(ctx, draft);
  await writeEvents(ctx, [row]);
  return row.eventId;
}

/** The rows of one event: canonical entry, leaf, MAC and salted detail (audit.md, “Append”). Writes nothing. */
export function planEvent(ctx: Context, draft: EventDraft): EventRow {
  const eventId = newId();
  const body = withOrigin(ctx, draft.detail);
  const detail = body === undefined ? null : { salt: randomBytes(16), body: canonicalJson(body) };
  const hash = detail ? detailTextHash(detail.salt, detail.body) : undefined;
  const entry = entryOf(ctx, draft, eventId, hash);
  const bytes = encodeEntry(entry);
  const leaf = leafHash(bytes);
  const macKeyId = macKeyIdAt(ctx.now);
  const key = macKey(macKeyId, ctx.org);
  if (!key) throw new AppError('unavailable', 'no audit key for this org');
  return { eventId, at: ctx.now, entry, bytes, leaf, mac: eventMac(key, leaf), macKeyId, draft, detail };
}

function withOrigin(ctx: Context, detail: JsonValue | undefined): JsonValue | undefined {
  const { address, userAgent } = ctx.origin ?? { address: null, userAgent: null };
  if (!address && !userAgent) return detail;
  return { ...(detail === undefined ? {} : { matter: detail }), origin: { address, userAgent } };
}

function entryOf(ctx: Context, draft: EventDraft, eventId: string, hash: string | undefined): AuditEntry {
  return {
    v: 1,
    org: toWire('org', ctx.org),
    eventId: toWire('evt', eventId),
    at: ctx.now.toISOString(),
    type: draft.type,
    actor: { kind: ctx.actor.kind, id: actorWireId(ctx.actor), via: ctx.actor.via },
    subject: draft.subject,
    ...(draft.requestId && { request: toWire('req', draft.requestId) }),
    ...(draft.runId && { run: draft.runId }),
    ...(draft.action && { action: draft.action }),
    ...(draft.status && { status: draft.status }),
    ...(draft.decision && { decision: draft.decision }),
    ...(draft.token && { token: draft.token }),
    ...(draft.agent && { agent: agentOf(draft.agent) }),
    ...(hash && { detailHash: hash }),
  };
}

function agentOf(agent: NonNullable<EventDraft['agent']>): AuditEntry['agent'] {
  return {
    id: toWire('agt', agent.id),
    ...(agent.version && { version: agent.version }),
    ...(agent.model && { model: agent.model }),
  };
}

/** Writes planned events and their details as two sets. */
export async function writeEvents(ctx: Transaction, rows: EventRow[]): Promise<void> {
  if (rows.length === 0) return;
  await ctx.db.$executeRaw`
    INSERT INTO audit_events (org_id, at, event_id, type, actor_kind, actor_id, subject_type, subject_id,
      request_id, run_id, action, status, agent_id, entry, leaf, mac, mac_key_id)
    SELECT ${ctx.org}::uuid, * FROM unnest(
      ${rows.map((row) => row.at.toISOString())}::timestamptz[], ${rows.map((row) => row.eventId)}::uuid[],
      ${rows.map((row) => row.draft.type)}::text[], ${rows.map((row) => row.entry.actor.kind)}::text[],
      ${rows.map((row) => row.entry.actor.id)}::text[], ${rows.map((row) => row.draft.subject.type)}::text[],
      ${rows.map((row) => row.draft.subject.id)}::text[], ${rows.map((row) => row.draft.requestId ?? null)}::uuid[],
      ${rows.map((row) => row.draft.runId ?? null)}::text[], ${rows.map((row) => row.draft.action ?? null)}::text[],
      ${rows.map((row) => row.draft.status ?? null)}::text[], ${rows.map((row) => row.draft.agent?.id ?? null)}::uuid[],
      ${rows.map((row) => row.bytes)}::bytea[], ${rows.map((row) => row.leaf)}::bytea[],
      ${rows.map((row) => row.mac)}::bytea[], ${rows.map((row) => row.macKeyId)}::text[])`;
  const details = rows.flatMap((row) => (row.detail ? [{ eventId: row.eventId, ...row.detail }] : []));
  if (details.length === 0) return;
  await ctx.db.$executeRaw`
    INSERT INTO audit_details (org_id, event_id, salt, body)
    SELECT ${ctx.org}::uuid, * FROM unnest(${details.map((detail) => detail.eventId)}::uuid[],
      ${details.map((detail) => detail.salt)}::bytea[], ${details.map((detail) => detail.body)}::text[])`;
}
