import { actorWireId, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { fromWire, toWire } from '@/lib/kernel/ids';
import { canonicalJson } from '@/lib/kernel/json/canonical-json';
import type { AuditFilters } from './schema';

/** A search names its own event in the record, by time and id. */
export function searchHandle(at: Date, eventId: string): string {
  return `${at.getTime()}.${toWire('evt', eventId)}`;
}

/**
 * Holds a handle against the record: it must name a search that this reader made, with these filters where they are
 * given, so that nobody reads on without a search that is noted. Throws `malformed`.
 */
export async function requireOwnSearch(
  ctx: Transaction,
  handle: string,
  filters?: AuditFilters,
): Promise<void> {
  const place = readPlace(handle);
  const [found] = await ctx.db.$queryRaw<{ body: string | null }[]>`
    SELECT d.body FROM audit_events e
      LEFT JOIN audit_details d ON d.org_id = e.org_id AND d.event_id = e.event_id
     WHERE e.org_id = ${ctx.org}::uuid AND e.at = ${place.at}::timestamptz AND e.event_id = ${place.id}::uuid
       AND e.type = 'audit.searched' AND e.actor_id = ${actorWireId(ctx.actor)}`;
  if (!found || (filters && !isFor(found.body, filters)))
    throw new AppError('malformed', 'expected a search of your own; search again');
}

/** A time in milliseconds and an event's id, as cursors and handles write them. Throws `malformed`. */
export function readPlace(text: string): { at: string; id: string } {
  const [, time = '', wire = ''] = /^(\d{1,14})\.(evt_\w{26})$/.exec(text) ?? [];
  const id = fromWire('evt', wire);
  if (!id) throw new AppError('malformed', 'expected a cursor from an earlier page');
  return { at: new Date(Number(time)).toISOString(), id };
}

function isFor(body: string | null, filters: AuditFilters): boolean {
  const detail = JSON.parse(body ?? 'null');
  const noted = (detail?.matter ?? detail)?.filters;
  return noted !== undefined && canonicalJson(noted) === canonicalJson(filters);
}
