import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { fromWire, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { Prisma } from '@/prisma/generated/client';
import { planEvent, writeEvents } from './append-event';
import { eventViews, type ListedEvent } from './event-view';
import { readPlace, requireOwnSearch, searchHandle } from './find-search';
import { EventType } from './rules/event-type';
import { eventWords } from './rules/event-words';
import type { AuditFilters, AuditSearch, EventPage, FilterChoices } from './schema';

const pageSize = 50;
const mostChoices = 500;
const dayMs = 86_400_000;

/**
 * A page of the record, newest first. Reading is an event too: a search appends `audit.searched` with its filters as
 * it begins, and later pages must name that search. Throws `malformed` for a cursor that is none of the reader's.
 */
export async function searchEvents(ctx: Context, { filters, cursor }: AuditSearch): Promise<EventPage> {
  requirePermission(ctx, 'audit.read');
  return transact(ctx, async (open) => {
    const [place, handle] = splitCursor(cursor);
    if (handle !== undefined) await requireOwnSearch(open, handle, filters);
    const rows = await listedEvents(
      open,
      narrowed(open.org, filters, place === undefined ? undefined : readPlace(place)),
    );
    const search = handle ?? (await noteSearch(open, filters));
    const page = rows.slice(0, pageSize);
    const last = page.at(-1);
    const more = rows.length > pageSize && last;
    return {
      events: await eventViews(open, page),
      nextCursor: more ? `${last.at.getTime()}.${toWire('evt', last.eventId)}~${search}` : null,
      search,
    };
  });
}

/** The people and agents a search can be narrowed to, by name; at most 500 of each. */
export async function listFilterChoices(ctx: Context): Promise<FilterChoices> {
  requirePermission(ctx, 'audit.read');
  return transact(ctx, async (open) => {
    const named = {
      where: { orgId: open.org },
      select: { id: true, name: true },
      orderBy: { name: 'asc' as const },
      take: mostChoices,
    };
    const members = await open.db.member.findMany(named);
    const agents = (await open.db.agent.findMany(named)).map(({ id, name }) => ({
      id: toWire('agt', id),
      name,
    }));
    const people = members.map(({ id, name }) => ({ id: toWire('mem', id), name }));
    const types = EventType.options.map((type) => ({ type, text: eventWords(type) }));
    return { types, actors: [...people, ...agents, { id: 'system', name: 'Countersign' }], agents };
  });
}

/**
 * Rows that fulfil `where`, which speaks of `audit_events`: newest first, one more than a page has. Details, which can
 * be large, come only where they are wanted.
 */
export function listedEvents(
  ctx: Transaction,
  where: Prisma.Sql,
  withDetail = false,
): Promise<ListedEvent[]> {
  return ctx.db.$queryRaw<ListedEvent[]>(Prisma.sql`
    SELECT s.sequence, s.leaf AS "sealLeaf", e.event_id AS "eventId", e.at, e.type, e.actor_kind AS "actorKind",
           e.actor_id AS "actorId", e.subject_type AS "subjectType", e.subject_id AS "subjectId",
           e.request_id AS "requestId", e.run_id AS "runId", e.action, e.status, e.agent_id AS "agentId", e.entry,
           e.leaf, e.mac, e.mac_key_id AS "macKeyId", d.salt, d.body, r.summary AS title
      FROM (SELECT * FROM audit_events WHERE ${where}
             ORDER BY at DESC, event_id DESC LIMIT ${pageSize + 1}) e
      LEFT JOIN LATERAL (SELECT sequence, leaf FROM audit_seals
                          WHERE org_id = e.org_id AND event_id = e.event_id LIMIT 1) s ON true
      LEFT JOIN LATERAL (SELECT salt, body FROM audit_details
                          WHERE ${withDetail}::boolean AND org_id = e.org_id AND event_id = e.event_id LIMIT 1) d ON true
      LEFT JOIN LATERAL (SELECT summary FROM requests
                          WHERE org_id = e.org_id AND id = e.request_id LIMIT 1) r ON true
     ORDER BY e.at DESC, e.event_id DESC`);
}

function narrowed(
  org: string,
  filters: AuditFilters,
  after: { at: string; id: string } | undefined,
): Prisma.Sql {
  const { from, to, type, actor, action, agent, run, request, status } = filters;
  const terms = [Prisma.sql`org_id = ${org}::uuid`];
  if (from) terms.push(Prisma.sql`at >= ${startOf(from)}::timestamptz`);
  if (to) terms.push(Prisma.sql`at < ${endOf(to)}::timestamptz`);
  if (type) terms.push(Prisma.sql`type = ${type}`);
  if (actor) terms.push(Prisma.sql`actor_id = ${upperWire(actor)}`);
  if (action?.endsWith('*')) terms.push(Prisma.sql`starts_with(action, ${action.slice(0, -1)})`);
  else if (action) terms.push(Prisma.sql`action = ${action}`);
  if (agent) terms.push(Prisma.sql`agent_id = ${fromWire('agt', agent)}::uuid`);
  if (run) terms.push(Prisma.sql`run_id = ${run}`);
  if (request) terms.push(Prisma.sql`request_id = ${fromWire('req', request)}::uuid`);
  if (status) terms.push(Prisma.sql`status = ${status}`);
  // The bound on `at` alone lets whole months of the record be passed over.
  if (after)
    terms.push(
      Prisma.sql`at <= ${after.at}::timestamptz AND (at, event_id) < (${after.at}::timestamptz, ${after.id}::uuid)`,
    );
  return Prisma.join(terms, ' AND ');
}

async function noteSearch(ctx: Transaction, filters: AuditFilters): Promise<string> {
  const subject = { type: 'org', id: toWire('org', ctx.org) };
  const event = planEvent(ctx, { type: 'audit.searched', subject, detail: { filters } });
  await writeEvents(ctx, [event]);
  return searchHandle(event.at, event.eventId);
}

function splitCursor(cursor: string | undefined): [string?, string?] {
  if (cursor === undefined) return [];
  const [place = '', handle = ''] = cursor.split('~');
  return [place, handle];
}

const isDay = (moment: string) => moment.length === 10;
const startOf = (moment: string) => new Date(moment).toISOString();
const endOf = (moment: string) => new Date(Date.parse(moment) + (isDay(moment) ? dayMs : 0)).toISOString();

/** Ids are written in upper case behind their prefix; readers may paste them in either. */
function upperWire(id: string): string {
  return id === 'system' ? id : `${id.slice(0, 4).toLowerCase()}${id.slice(4).toUpperCase()}`;
}
