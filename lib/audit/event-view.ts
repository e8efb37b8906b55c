import type { Transaction } from '@/lib/kernel/context';
import { fromWire, toWire } from '@/lib/kernel/ids';
import { loadedEvent, type StoredEvent } from './load-log';
import { macKey } from './mac-key';
import { eventTone, eventWords } from './rules/event-words';
import { detailProblem, rowProblem } from './rules/sealed-row';
import type { EventView } from './schema';

/** An event's row with its seal and the title of the request it is about. */
export type ListedEvent = StoredEvent & {
  eventId: string;
  sealLeaf: Uint8Array | null;
  title: string | null;
};

/** Rows as a reader sees them, each checked by itself: entry, leaf, MAC, seal and searchable copies. */
export async function eventViews(ctx: Transaction, rows: ListedEvent[]): Promise<EventView[]> {
  const names = await namesOf(ctx, rows);
  return rows.map((row) => ({
    id: toWire('evt', row.eventId),
    at: row.at.toISOString(),
    type: row.type,
    text: eventWords(row.type),
    tone: eventTone(row.type),
    actor: { id: row.actorId, kind: row.actorKind, name: names.get(row.actorId) ?? nameless(row) },
    subject: { type: row.subjectType, id: row.subjectId, name: names.get(row.subjectId) ?? null },
    request: row.requestId ? { id: toWire('req', row.requestId), title: row.title ?? '' } : null,
    action: row.action,
    outcome: row.status ?? verdictOf(row.entry),
    sequence: row.sequence === null ? null : Number(row.sequence),
    problem: problemOf(ctx, row),
  }));
}

/** What is wrong with the row, its detail or its seal; null when nothing is. */
function problemOf(ctx: Transaction, row: ListedEvent): string | null {
  const { row: stored, detail } = loadedEvent(ctx.org, row, row.eventId);
  const problem = rowProblem(stored, toWire('org', ctx.org), (id) => macKey(id, ctx.org) ?? undefined);
  if (problem) return problem;
  if (row.sealLeaf && !stored.leaf.every((byte, index) => byte === row.sealLeaf?.[index]))
    return 'seal and leaf disagree';
  return detailProblem(stored, detail);
}

function nameless({ actorKind, actorId }: StoredEvent): string {
  if (actorKind === 'system') return 'Countersign';
  return actorKind === 'token' ? 'Holder of the token' : actorId;
}

/** How a vote went, which only the entry says. */
function verdictOf(entry: Uint8Array): string | null {
  try {
    const { decision } = JSON.parse(Buffer.from(entry).toString('utf8'));
    const verdict = decision?.votes?.[0]?.verdict ?? decision?.verdict;
    return typeof verdict === 'string' ? verdict : null;
  } catch {
    return null;
  }
}

async function namesOf(ctx: Transaction, rows: ListedEvent[]): Promise<Map<string, string>> {
  const ids = [...new Set(rows.flatMap((row) => [row.actorId, row.subjectId]))];
  const select = { id: true, name: true };
  const among = (prefix: 'mem' | 'agt' | 'grp') => ({
    where: { orgId: ctx.org, id: { in: ids.flatMap((id) => fromWire(prefix, id) ?? []) } },
    select,
  });
  const members = await ctx.db.member.findMany(among('mem'));
  const agents = await ctx.db.agent.findMany(among('agt'));
  const groups = await ctx.db.group.findMany(among('grp'));
  return new Map([
    ...members.map(({ id, name }): [string, string] => [toWire('mem', id), name]),
    ...agents.map(({ id, name }): [string, string] => [toWire('agt', id), name]),
    ...groups.map(({ id, name }): [string, string] => [toWire('grp', id), name]),
  ]);
}
