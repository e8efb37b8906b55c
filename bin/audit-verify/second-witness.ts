import { requestStatuses } from '@/lib/approvals/schema';
import { AuditEntry } from '@/lib/audit/rules/entry';
import type { EventType } from '@/lib/audit/rules/event-type';
import type { Context } from '@/lib/kernel/context';
import { toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { requestFaults, type WitnessedRequest } from './request-faults';

type Row = Omit<WitnessedRequest, 'entries'> & { entries: string[] };

const rowsAtATime = 500;
const openingsAtATime = 5000;
const beforeAll = '00000000-0000-0000-0000-000000000000';
const statuses: string[] = [...requestStatuses];
const openingTypes: EventType[] = ['action.allowed', 'action.denied', 'approval.requested'];
/** Events that say what was decided on or redeemed. Those that may come without end, as refusals, say neither. */
const witnessTypes: EventType[] = [
  ...openingTypes,
  'approval.edited',
  'approval.rejudged',
  'approval.voted',
  'approval.granted',
  'approval.rejected',
  'token.redeemed',
];

/**
 * Holds the requests' rows, payloads, votes and redemptions against the record, both ways. Answers with the number of
 * requests and a sentence for each difference. Pages keep memory small.
 */
export async function secondWitness(ctx: Context): Promise<{ requests: number; faults: string[] }> {
  const faults: string[] = [];
  let requests = 0;
  for await (const row of requestRows(ctx)) {
    requests++;
    faults.push(...requestFaults({ ...row, entries: row.entries.flatMap((text) => entryOf(text) ?? []) }));
  }
  for await (const id of lostRequests(ctx))
    faults.push(`request ${toWire('req', id)} was opened, as an event tells, and is gone`);
  return { requests, faults };
}

/** An entry that is none is found with the events; here it says nothing. */
function entryOf(base64: string): AuditEntry | null {
  try {
    return AuditEntry.safeParse(JSON.parse(Buffer.from(base64, 'base64').toString())).data ?? null;
  } catch {
    return null;
  }
}

async function* requestRows(ctx: Context): AsyncGenerator<Row> {
  let after = beforeAll;
  for (;;) {
    const rows = await requestPage(ctx, after);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < rowsAtATime) return;
    after = last.id;
  }
}

/** One statement sees rows and events at one moment. */
function requestPage(ctx: Context, after: string): Promise<Row[]> {
  return transact(
    ctx,
    (open) => open.db.$queryRaw<Row[]>`
    SELECT r.id, r.status, r.execution, r.revision, r.payload_hash AS "payloadHash",
           said.recorded AS "recordedStatus", said.reported, coalesce(said.entries, '[]') AS entries,
           (SELECT coalesce(json_agg(json_build_object('revision', v.revision, 'payloadHash', v.payload_hash,
                     'isPayloadHashed', v.payload_hash = 'sha256:' || encode(sha256(convert_to(v.payload, 'UTF8')), 'hex'))
                     ORDER BY v.revision), '[]')
              FROM revisions v WHERE v.org_id = r.org_id AND v.request_id = r.id) AS revisions,
           (SELECT coalesce(json_agg(json_build_object('memberId', v.member_id, 'verdict', v.verdict,
                     'revision', v.revision, 'payloadHash', v.payload_hash) ORDER BY v.at, v.member_id), '[]')
              FROM votes v WHERE v.org_id = r.org_id AND v.request_id = r.id) AS votes,
           (SELECT coalesce(json_agg(t.id), '[]')
              FROM tokens t WHERE t.org_id = r.org_id AND t.request_id = r.id AND t.redeemed_at IS NOT NULL) AS redeemed
      FROM (SELECT org_id, id, status, execution, revision, payload_hash FROM requests
             WHERE org_id = ${ctx.org}::uuid AND id > ${after}::uuid ORDER BY id LIMIT ${rowsAtATime}) r
      LEFT JOIN LATERAL (
        SELECT (array_agg(e.status ORDER BY e.at DESC, e.event_id DESC) FILTER (WHERE e.status = ANY(${statuses}::text[])))[1] AS recorded,
               (array_agg(e.status ORDER BY e.at DESC) FILTER (WHERE e.type = 'action.reported'))[1] AS reported,
               json_agg(encode(e.entry, 'base64') ORDER BY e.at, e.event_id) FILTER (WHERE e.type = ANY(${witnessTypes}::text[])) AS entries
          FROM audit_events e WHERE e.org_id = r.org_id AND e.request_id = r.id) said ON true
     ORDER BY r.id`,
  );
}

/** Requests that the record tells of and no row does. */
async function* lostRequests(ctx: Context): AsyncGenerator<string> {
  let after = beforeAll;
  for (;;) {
    const rows = await openingsPage(ctx, after);
    for (const { id, isLost } of rows) if (isLost) yield id;
    const last = rows.at(-1);
    if (!last || rows.length < openingsAtATime) return;
    after = last.id;
  }
}

function openingsPage(ctx: Context, after: string): Promise<{ id: string; isLost: boolean }[]> {
  return transact(
    ctx,
    (open) => open.db.$queryRaw<{ id: string; isLost: boolean }[]>`
    SELECT e.id, r.id IS NULL AS "isLost"
      FROM (SELECT org_id, request_id AS id FROM audit_events
             WHERE org_id = ${ctx.org}::uuid AND request_id > ${after}::uuid AND type = ANY(${openingTypes}::text[])
             ORDER BY request_id LIMIT ${openingsAtATime}) e
      LEFT JOIN requests r ON r.org_id = e.org_id AND r.id = e.id
     ORDER BY e.id`,
  );
}
