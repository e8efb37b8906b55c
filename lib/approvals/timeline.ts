import type { Transaction } from '@/lib/kernel/context';
import { fromWire, toWire } from '@/lib/kernel/ids';
import { timelineText } from './rules/timeline-text';
import type { TimelineEntry } from './schema';

type Row = {
  eventId: string;
  at: Date;
  type: string;
  actorKind: string;
  actorId: string;
  status: string | null;
  verdict: string | null;
  body: string | null;
};

const withNote = ['approval.voted', 'approval.cancelled', 'approval.refused'];
/** What anyone may make happen any number of times: shown once a run, and never in the place of anything else. */
const repeated = ['approval.refused', 'token.verified', 'audit.revealed'];
const mostShown = 500;

/**
 * What happened to a request, oldest first, in words: the newest 500 events, and the newest 500
 * of those that repeat.
 */
export async function loadTimeline(ctx: Transaction, requestId: string): Promise<TimelineEntry[]> {
  const rows = await ctx.db.$queryRaw<Row[]>`
    SELECT e.event_id AS "eventId", e.at, e.type, e.actor_kind AS "actorKind", e.actor_id AS "actorId", e.status,
           convert_from(e.entry, 'UTF8')::jsonb #>> '{decision,votes,0,verdict}' AS verdict,
           CASE WHEN e.type = ANY(${withNote}::text[]) THEN d.body END AS body
      FROM ((SELECT * FROM audit_events
              WHERE org_id = ${ctx.org}::uuid AND request_id = ${requestId}::uuid AND type <> ALL(${repeated}::text[])
              ORDER BY at DESC, event_id DESC LIMIT ${mostShown})
            UNION ALL
            (SELECT * FROM audit_events
              WHERE org_id = ${ctx.org}::uuid AND request_id = ${requestId}::uuid AND type = ANY(${repeated}::text[])
              ORDER BY at DESC, event_id DESC LIMIT ${mostShown})) e
      LEFT JOIN audit_details d ON d.org_id = e.org_id AND d.event_id = e.event_id
     ORDER BY e.at, e.event_id`;
  const names = await actorNames(ctx, rows);
  return runsOf(rows).map(({ row, times }) => {
    const note = noteOf(row.body);
    const text = timelineText(row.type, row.status, row.verdict);
    return {
      id: toWire('evt', row.eventId),
      type: row.type,
      at: row.at.toISOString(),
      actor: { kind: row.actorKind, name: names.get(row.actorId) ?? 'Countersign' },
      text: times > 1 ? `${text} (${times} times)` : text,
      ...(note && { note }),
    };
  });
}

/** One after the other of the same by the same actor is told once, by the last of them. */
function runsOf(rows: Row[]): { row: Row; times: number }[] {
  const runs: { row: Row; times: number }[] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    const isAgain = run && repeated.includes(row.type) && run.row.type === row.type;
    if (isAgain && run.row.actorId === row.actorId) {
      run.row = row;
      run.times++;
    } else runs.push({ row, times: 1 });
  }
  return runs;
}

async function actorNames(ctx: Transaction, rows: Row[]): Promise<Map<string, string>> {
  const idsOf = (prefix: 'mem' | 'agt') => [
    ...new Set(rows.flatMap((row) => fromWire(prefix, row.actorId) ?? [])),
  ];
  const select = { id: true, name: true };
  const members = await ctx.db.member.findMany({
    where: { orgId: ctx.org, id: { in: idsOf('mem') } },
    select,
  });
  const agents = await ctx.db.agent.findMany({ where: { orgId: ctx.org, id: { in: idsOf('agt') } }, select });
  return new Map([
    ...members.map(({ id, name }): [string, string] => [toWire('mem', id), name]),
    ...agents.map(({ id, name }): [string, string] => [toWire('agt', id), name]),
  ]);
}

/** The reason a person gave, from the event's detail; null when none or erased. */
function noteOf(body: string | null): string | null {
  const detail = JSON.parse(body ?? 'null');
  const matter = detail?.matter ?? detail;
  return typeof matter?.reason === 'string' && matter.reason !== '' ? matter.reason : null;
}
