import { z } from 'zod';
import { requireLiveKey } from '@/lib/identity/require-live-key';
import { type Context, requirePermission } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { fromWire, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import type { Prisma } from '@/prisma/generated/client';
import { statusAt } from './rules/lifecycle';
import { type Execution, type RequestStatus, requestStatuses } from './schema';

/** Query of `GET /v1/requests`: filters, and a keyset cursor that is the last id seen. Newest first. */
export const ListQuery = z.strictObject({
  status: z.enum(requestStatuses).optional(),
  action: z.string().max(200).optional(),
  runId: z.string().max(200).optional(),
  externalRef: z.string().max(200).optional(),
  cursor: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type ListQuery = z.infer<typeof ListQuery>;

export type ListedRequest = {
  id: string;
  status: RequestStatus;
  execution: Execution;
  action: string;
  summary: string;
  risk: string;
  externalRef: string | null;
  runId: string | null;
  openedAt: string;
  decidedAt: string | null;
};

const listedFields = {
  id: true,
  status: true,
  execution: true,
  action: true,
  summary: true,
  risk: true,
  externalRef: true,
  runId: true,
  openedAt: true,
  decidedAt: true,
  expiresAt: true,
} satisfies Prisma.RequestSelect;

/** The agent's own requests. Throws `malformed` for a cursor that is none of ours, `unauthorized` once its key is revoked. */
export async function listOwnRequests(
  ctx: Context,
  query: ListQuery,
): Promise<{ items: ListedRequest[]; nextCursor: string | null }> {
  requirePermission(ctx, 'request.read');
  const before = query.cursor === undefined ? undefined : fromWire('req', query.cursor);
  if (before === null) throw new AppError('malformed', 'expected a cursor from an earlier page');
  return transact(ctx, async (open) => {
    await requireLiveKey(open);
    const rows = await open.db.request.findMany({
      where: {
        orgId: open.org,
        agentId: ctx.actor.id,
        ...(before && { id: { lt: before } }),
        ...(query.status && statusFilter(query.status, open.now)),
        ...(query.action && { action: query.action }),
        ...(query.runId && { runId: query.runId }),
        ...(query.externalRef && { externalRef: query.externalRef }),
      },
      orderBy: { id: 'desc' },
      take: query.limit + 1,
      select: listedFields,
    });
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return {
      items: page.map(({ expiresAt, ...row }) => ({
        ...row,
        id: toWire('req', row.id),
        // The columns are constrained to these words by the database.
        status: statusAt({ status: row.status as RequestStatus, expiresAt }, open.now),
        execution: row.execution as Execution,
        openedAt: row.openedAt.toISOString(),
        decidedAt: row.decidedAt?.toISOString() ?? null,
      })),
      nextCursor: rows.length > query.limit && last ? toWire('req', last.id) : null,
    };
  });
}

/** A pending request past its expiry counts as expired, whether or not a worker has said so. */
function statusFilter(status: RequestStatus, now: Date) {
  if (status === 'pending') return { status, expiresAt: { gt: now } };
  if (status !== 'expired') return { status };
  return { OR: [{ status }, { status: 'pending', expiresAt: { lte: now } }] };
}
