import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { fromWire, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import type { RiskLevel, Verdict } from '@/lib/policy/schema';
import { Prisma } from '@/prisma/generated/client';
import { mayVote, type Voter } from './rules/eligibility';
import { statusAt } from './rules/lifecycle';
import type { RequestListItem, RequestStatus } from './schema';
import { loadReader } from './votes';

export type ListView = 'mine' | 'all' | 'history';
export type ListInput = { view: ListView; cursor?: string; limit?: number };
export type ListPage = { items: RequestListItem[]; nextCursor: string | null; now: string };

type Row = {
  id: string;
  summary: string;
  action: string;
  agentId: string;
  agentName: string;
  agentOwnerId: string;
  risk: RiskLevel;
  status: RequestStatus;
  verdict: Verdict;
  initiator: string | null;
  initiatorProven: boolean;
  initiatorIsMember: boolean;
  openedAt: Date;
  dueAt: Date | null;
  expiresAt: Date | null;
  decidedAt: Date | null;
  breachedAt: Date | null;
  revision: number;
  approvals: bigint;
  voted: boolean;
};

/**
 * A page of the desk's lists: what waits for the reader, all that waits (soonest due first), or what is decided
 * (newest first). At most 100 a page. Throws `malformed` for a cursor that is none of ours.
 */
export async function listRequests(ctx: Context, { view, cursor, limit = 50 }: ListInput): Promise<ListPage> {
  requirePermission(ctx, 'request.read');
  const after = cursor === undefined ? null : readCursor(cursor);
  const size = Math.min(Math.max(limit, 1), 100);
  return transact(ctx, async (open) => {
    const reader = await loadReader(open);
    const rows = await listRows(open, view, reader, after, size + 1);
    const page = rows.slice(0, size);
    const last = page.at(-1);
    const items = page.map((row) => itemOf(row, reader, open.now));
    return {
      items: view === 'mine' ? items.filter((item) => item.you === 'may_vote') : items,
      nextCursor: rows.length > size && last ? cursorOf(view, last) : null,
      now: open.now.toISOString(),
    };
  });
}

/** How many requests wait for the reader, counted to at most 100. */
export async function countMine(ctx: Context): Promise<number> {
  requirePermission(ctx, 'request.read');
  return transact(ctx, async (open) => {
    const reader = await loadReader(open);
    if (!reader) return 0;
    const [row] = await open.db.$queryRaw<{ count: bigint }[]>(Prisma.sql`
      SELECT count(*) FROM (SELECT 1 FROM requests r JOIN agents a ON a.org_id = r.org_id AND a.id = r.agent_id
        WHERE ${waits(open)} AND ${forReader(open, reader)} LIMIT 100) AS mine`);
    return Number(row?.count ?? 0);
  });
}

function listRows(
  ctx: Transaction,
  view: ListView,
  reader: Voter | null,
  after: Cursor | null,
  take: number,
): Promise<Row[]> {
  const mine = reader ? forReader(ctx, reader) : Prisma.sql`false`;
  const which = view === 'history' ? isDecided(ctx, after) : Prisma.sql`${waits(ctx)} AND ${dueAfter(after)}`;
  const order = view === 'history' ? Prisma.sql`r.decided_at DESC, r.id DESC` : Prisma.sql`r.due_at, r.id`;
  return ctx.db.$queryRaw<Row[]>(Prisma.sql`
    SELECT r.id, r.summary, r.action, r.agent_id AS "agentId", a.name AS "agentName", a.owner_id AS "agentOwnerId",
           r.risk, r.status, r.verdict, r.initiator, r.initiator_proven AS "initiatorProven",
           EXISTS (SELECT 1 FROM members m WHERE m.org_id = r.org_id AND m.status = 'active' AND m.email = r.initiator) AS "initiatorIsMember",
           r.opened_at AS "openedAt", r.due_at AS "dueAt", r.expires_at AS "expiresAt", r.decided_at AS "decidedAt",
           r.breached_at AS "breachedAt", r.revision,
           (SELECT count(*) FROM votes v WHERE v.org_id = r.org_id AND v.request_id = r.id
               AND v.revision = r.revision AND v.verdict = 'approve') AS approvals,
           ${hasVoted(ctx)} AS voted
      FROM requests r JOIN agents a ON a.org_id = r.org_id AND a.id = r.agent_id
     WHERE ${which} AND ${view === 'mine' ? mine : Prisma.sql`true`}
     ORDER BY ${order} LIMIT ${take}`);
}

function waits(ctx: Transaction): Prisma.Sql {
  return Prisma.sql`r.org_id = ${ctx.org}::uuid AND r.status = 'pending' AND r.expires_at > ${ctx.now.toISOString()}::timestamptz`;
}

function isDecided(ctx: Transaction, after: Cursor | null): Prisma.Sql {
  const before = after
    ? Prisma.sql`(r.decided_at, r.id) < (${after.at}::timestamptz, ${after.id}::uuid)`
    : Prisma.sql`true`;
  return Prisma.sql`r.org_id = ${ctx.org}::uuid AND r.decided_at IS NOT NULL AND ${before}`;
}

function dueAfter(after: Cursor | null): Prisma.Sql {
  return after
    ? Prisma.sql`(r.due_at, r.id) > (${after.at}::timestamptz, ${after.id}::uuid)`
    : Prisma.sql`true`;
}

function hasVoted(ctx: Transaction): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM votes v WHERE v.org_id = r.org_id AND v.request_id = r.id
    AND v.revision = r.revision AND v.member_id = ${ctx.actor.id}::uuid)`;
}

/** The rule `mayVote` as far as an index can follow it; the rule itself has the last word on each row. */
function forReader(ctx: Transaction, reader: Voter): Prisma.Sql {
  const sources = [`user:${reader.email}`, ...reader.groups.map((group) => `group:${group.slug}`)];
  const pool = reader.groups.some((group) => group.slug === 'approvers');
  return Prisma.sql`(r.sources && ${sources}::text[]
      OR ('owner' = ANY(r.sources) AND a.owner_id = ${reader.id}::uuid)
      OR (${pool}::boolean AND (r.risk IN ('low', 'medium') OR 'approvers' = ANY(r.sources))))
    AND r.initiator IS DISTINCT FROM ${reader.email}
    AND (a.owner_id <> ${reader.id}::uuid OR 'owner' = ANY(r.sources) OR (r.initiator_proven AND EXISTS (
      SELECT 1 FROM members m WHERE m.org_id = r.org_id AND m.status = 'active' AND m.email = r.initiator)))
    AND NOT ${hasVoted(ctx)}`;
}

function itemOf(row: Row, reader: Voter | null, now: Date): RequestListItem {
  const slots = row.verdict.requirements.reduce((sum, requirement) => sum + requirement.count, 0);
  const status = statusAt(row, now);
  const asked = { ...row, requirements: row.verdict.requirements };
  const may = status === 'pending' && reader !== null && mayVote(reader, asked).ok;
  const iso = (date: Date | null) => date?.toISOString() ?? null;
  return {
    id: toWire('req', row.id),
    title: row.summary,
    action: row.action,
    agent: { id: toWire('agt', row.agentId), name: row.agentName },
    risk: row.risk,
    status,
    why: row.verdict.reasons[0]?.text ?? '',
    openedAt: row.openedAt.toISOString(),
    dueAt: iso(row.dueAt),
    expiresAt: iso(row.expiresAt),
    decidedAt: iso(row.decidedAt),
    edited: row.revision > 1,
    breached: row.breachedAt !== null || (row.dueAt !== null && status === 'pending' && now >= row.dueAt),
    slots,
    // While it waits a slot is open, whoever has approved: all met would have decided it.
    met: status === 'approved' ? slots : Math.min(Number(row.approvals), Math.max(slots - 1, 0)),
    you: row.voted ? 'voted' : may ? 'may_vote' : 'may_not',
  };
}

type Cursor = { at: string; id: string };

function cursorOf(view: ListView, row: Row): string {
  const at = view === 'history' ? row.decidedAt : row.dueAt;
  return `${at?.getTime() ?? 0}.${toWire('req', row.id)}`;
}

function readCursor(cursor: string): Cursor {
  const [time = '', wire = ''] = cursor.split('.');
  const id = fromWire('req', wire);
  if (!id || !/^\d{1,15}$/.test(time))
    throw new AppError('malformed', 'expected a cursor from an earlier page');
  return { at: new Date(Number(time)).toISOString(), id };
}
