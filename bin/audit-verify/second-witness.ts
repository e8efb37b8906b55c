import { requestStatuses } from '@/lib/approvals/schema';
import type { Context } from '@/lib/kernel/context';
import { toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';

type Row = {
  id: string;
  status: string;
  execution: string;
  recorded: string | null;
  redeemed: boolean;
  reported: string | null;
};

const pageSize = 2000;
const statuses: string[] = [...requestStatuses];

/**
 * Holds the requests' rows against the record: status and execution must be what their last events say. Answers with
 * the number of requests and a sentence for each that differs. One statement a page sees row and events at one moment.
 */
export async function secondWitness(ctx: Context): Promise<{ requests: number; faults: string[] }> {
  const faults: string[] = [];
  let requests = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await page(ctx, after);
    requests += rows.length;
    faults.push(...rows.flatMap((row) => faultOf(row) ?? []));
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return { requests, faults };
    after = last.id;
  }
}

function page(ctx: Context, after: string): Promise<Row[]> {
  return transact(
    ctx,
    (open) => open.db.$queryRaw<Row[]>`
    SELECT r.id, r.status, r.execution, said.recorded, coalesce(said.redeemed, false) AS redeemed, said.reported
      FROM (SELECT org_id, id, status, execution FROM requests
             WHERE org_id = ${ctx.org}::uuid AND id > ${after}::uuid ORDER BY id LIMIT ${pageSize}) r
      LEFT JOIN LATERAL (
        SELECT (array_agg(e.status ORDER BY e.at DESC, e.event_id DESC) FILTER (WHERE e.status = ANY(${statuses}::text[])))[1] AS recorded,
               bool_or(e.type = 'token.redeemed') AS redeemed,
               (array_agg(e.status ORDER BY e.at DESC) FILTER (WHERE e.type = 'action.reported'))[1] AS reported
          FROM audit_events e WHERE e.org_id = r.org_id AND e.request_id = r.id) said ON true
     ORDER BY r.id`,
  );
}

function faultOf({ id, status, execution, recorded, redeemed, reported }: Row): string | null {
  const name = `request ${toWire('req', id)}`;
  if (recorded === null) return `${name} is ${status}, and no event tells of it`;
  if (recorded !== status) return `${name} is ${status}, and its last event says ${recorded}`;
  const executed = reported ?? (redeemed ? 'redeemed' : 'none');
  if (executed !== execution) return `${name} has the execution ${execution}, and its events say ${executed}`;
  return null;
}
