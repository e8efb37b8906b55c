import type { Context } from '@/lib/kernel/context';
import { database } from '@/lib/kernel/database';
import { toWire } from '@/lib/kernel/ids';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { transact } from '@/lib/kernel/transact';
import type { DetailRow, SealedRow } from './rules/sealed-row';
import type { TilePlace } from './rules/tiles';

/** One event as its row has it, for checking; `sequence` is -1 where it has no seal yet. */
export type LoadedEvent = { row: SealedRow; detail: DetailRow | null; at: Date };

/** A row as the statements here read it. */
export type StoredEvent = {
  sequence: bigint | null;
  sealedId: string | null;
  eventId: string | null;
  at: Date;
  type: string;
  actorKind: string;
  actorId: string;
  subjectType: string;
  subjectId: string;
  requestId: string | null;
  runId: string | null;
  action: string | null;
  status: string | null;
  agentId: string | null;
  entry: Uint8Array;
  leaf: Uint8Array;
  mac: Uint8Array;
  macKeyId: string;
  salt: Uint8Array | null;
  body: string | null;
};

const pageSize = 2000;
const mostCheckpoints = 10_000;

/** Every org that has left a trace in the record, by the sealer's role: the only one that sees across orgs. */
export async function loggedOrgs(): Promise<string[]> {
  const rows = await database('sealer').$queryRaw<{ orgId: string }[]>`
    SELECT org_id AS "orgId" FROM audit_events UNION SELECT org_id FROM audit_seals
     UNION SELECT org_id FROM audit_checkpoints ORDER BY 1`;
  return rows.map((row) => row.orgId);
}

/** The transaction id up to which the sealer has taken every event; read it before reading seals. */
export async function sealedHorizon(): Promise<string> {
  const [row] = await database('sealer').$queryRaw<{ horizon: string }[]>`
    SELECT horizon::text AS horizon FROM seal_cursor WHERE id = 1`;
  return row?.horizon ?? '0';
}

/**
 * The log in order of its seals, in keyset pages, so that memory stays small; each page is a transaction of its own.
 * A seal whose event is gone yields no event and calls `onLost` with the leaf index and the event's wire id.
 */
export async function* sealedEvents(
  ctx: Context,
  onLost: (sequence: number, eventId: string) => void,
): AsyncGenerator<LoadedEvent> {
  let after = -1n;
  for (;;) {
    const rows = await sealedPage(ctx, after);
    for (const row of rows) {
      if (row.eventId === null) onLost(Number(row.sequence), toWire('evt', row.sealedId ?? ''));
      else yield loadedEvent(ctx.org, row, row.eventId);
    }
    const last = rows.at(-1)?.sequence;
    if (rows.length < pageSize || last === undefined || last === null) return;
    after = last;
  }
}

function sealedPage(ctx: Context, after: bigint): Promise<StoredEvent[]> {
  return transact(
    ctx,
    (open) => open.db.$queryRaw<StoredEvent[]>`
    SELECT s.sequence, s.event_id AS "sealedId", e.event_id AS "eventId", s.event_at AS at, e.type,
           e.actor_kind AS "actorKind", e.actor_id AS "actorId", e.subject_type AS "subjectType",
           e.subject_id AS "subjectId", e.request_id AS "requestId", e.run_id AS "runId", e.action, e.status,
           e.agent_id AS "agentId", e.entry, e.leaf, e.mac, e.mac_key_id AS "macKeyId", d.salt, d.body
      FROM audit_seals s
      LEFT JOIN audit_events e ON e.org_id = s.org_id AND e.at = s.event_at AND e.event_id = s.event_id
      LEFT JOIN audit_details d ON d.org_id = s.org_id AND d.event_id = s.event_id
     WHERE s.org_id = ${ctx.org}::uuid AND s.sequence > ${after} ORDER BY s.sequence LIMIT ${pageSize}`,
  );
}

/**
 * Events without a seal, oldest first, at most a page of them. `passed`: the sealer's horizon lies beyond them, so they
 * were put in behind its back or lost their seal; the others only wait for it.
 */
export function unsealedEvents(
  ctx: Context,
  horizon: string,
): Promise<(LoadedEvent & { passed: boolean; ageSeconds: number })[]> {
  return transact(ctx, async (open) => {
    const rows = await open.db.$queryRaw<(StoredEvent & { passed: boolean })[]>`
      SELECT NULL::bigint AS sequence, NULL::uuid AS "sealedId", e.event_id AS "eventId", e.at, e.type,
             e.actor_kind AS "actorKind", e.actor_id AS "actorId", e.subject_type AS "subjectType",
             e.subject_id AS "subjectId", e.request_id AS "requestId", e.run_id AS "runId", e.action, e.status,
             e.agent_id AS "agentId", e.entry, e.leaf, e.mac, e.mac_key_id AS "macKeyId", d.salt, d.body,
             e.xid < ${horizon}::xid8 AS passed
        FROM audit_events e
        LEFT JOIN audit_details d ON d.org_id = e.org_id AND d.event_id = e.event_id
       WHERE e.org_id = ${ctx.org}::uuid
         AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.org_id = e.org_id AND s.event_id = e.event_id)
       ORDER BY e.at, e.event_id LIMIT ${pageSize}`;
    return rows.map((row) => ({
      ...loadedEvent(ctx.org, row, row.eventId ?? ''),
      passed: row.passed,
      ageSeconds: (open.now.getTime() - row.at.getTime()) / 1000,
    }));
  });
}

/**
 * Signed checkpoints: the latest, and those before it that narrow the place of a change. Of very many, the newest and
 * an even choice of the others; `left` says how many were not read.
 */
export function loadCheckpoints(
  ctx: Context,
): Promise<{ latest: string | null; earlier: string[]; left: number }> {
  return transact(ctx, async (open) => {
    const rows = await open.db.$queryRaw<{ note: string; total: bigint }[]>`
      SELECT note, total FROM (
        SELECT note, size, row_number() OVER (ORDER BY size DESC) AS place, count(*) OVER () AS total
          FROM audit_checkpoints WHERE org_id = ${ctx.org}::uuid) AS c
       WHERE place <= ${mostCheckpoints / 2} OR place % greatest(1, total / ${mostCheckpoints / 2}) = 0
       ORDER BY size DESC`;
    const [latest, ...earlier] = rows.map((row) => row.note);
    return { latest: latest ?? null, earlier, left: Number(rows[0]?.total ?? 0) - rows.length };
  });
}

/** The wire id of the event sealed at this leaf index; undefined where there is none. */
export function sealedEventId(ctx: Context, sequence: number): Promise<string | undefined> {
  return transact(ctx, async (open) => {
    const [seal] = await open.db.$queryRaw<{ eventId: string }[]>`
      SELECT event_id AS "eventId" FROM audit_seals WHERE org_id = ${ctx.org}::uuid AND sequence = ${sequence}`;
    return seal && toWire('evt', seal.eventId);
  });
}

/** The stored bytes of a tile; undefined where none is stored. */
export function loadTile(ctx: Context, { level, index }: TilePlace): Promise<Uint8Array | undefined> {
  return transact(ctx, async (open) => {
    const [tile] = await open.db.$queryRaw<{ hashes: Uint8Array }[]>`
      SELECT hashes FROM audit_tiles WHERE org_id = ${ctx.org}::uuid AND level = ${level} AND "index" = ${index}`;
    return tile?.hashes;
  });
}

/** A stored row in the form that the rules check. */
export function loadedEvent(org: string, row: StoredEvent, id: string): LoadedEvent {
  const { type, actorKind, actorId, subjectType, subjectId, runId, action, status } = row;
  const eventId = toWire('evt', id);
  const columns = {
    org: toWire('org', org),
    eventId,
    at: row.at.toISOString(),
    type,
    actorKind,
    actorId,
    subjectType,
    subjectId,
    requestId: row.requestId && toWire('req', row.requestId),
    runId,
    action,
    status,
    agentId: row.agentId && toWire('agt', row.agentId),
  };
  const { entry, leaf, mac, macKeyId, salt, body } = row;
  const sequence = Number(row.sequence ?? -1n);
  const detail = salt && body !== null ? { salt, body: jsonOf(body) } : null;
  return { row: { sequence, eventId, entry, leaf, mac, macKeyId, columns }, detail, at: row.at };
}

/** A body that is JSON no longer stands for itself: its hash is then another. */
function jsonOf(body: string): JsonValue {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
