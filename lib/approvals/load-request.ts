import type { Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { fromWire } from '@/lib/kernel/ids';
import { databaseNow, transact } from '@/lib/kernel/transact';
import type { Prisma } from '@/prisma/generated/client';
import type { RequestRow } from './request-row';

const requestFields = {
  id: true,
  agentId: true,
  keyId: true,
  status: true,
  execution: true,
  version: true,
  revision: true,
  action: true,
  summary: true,
  risk: true,
  environment: true,
  counterparty: true,
  initiator: true,
  initiatorProven: true,
  runId: true,
  externalRef: true,
  ask: true,
  verdict: true,
  policyName: true,
  policyVersion: true,
  policyHash: true,
  policySerial: true,
  requiredApprovals: true,
  payloadHash: true,
  feedback: true,
  openedAt: true,
  dueAt: true,
  breachedAt: true,
  expiresAt: true,
  decidedAt: true,
  validUntil: true,
  result: true,
} satisfies Prisma.RequestSelect;

/** The UUID behind a request's wire id. Throws `not_found` for anything that is none. */
export function requestIdOf(wireId: string): string {
  const id = fromWire('req', wireId);
  if (!id) throw noSuchRequest();
  return id;
}

export function noSuchRequest(): AppError {
  return new AppError('not_found', 'no such request');
}

/** The request with its current payload, or `not_found`. Reads only. */
export async function loadRequest(ctx: Transaction, id: string): Promise<RequestRow> {
  const row = await ctx.db.request.findUnique({
    where: { orgId_id: { orgId: ctx.org, id } },
    select: {
      ...requestFields,
      revisions: { select: { payload: true }, orderBy: { revision: 'desc' }, take: 1 },
    },
  });
  const current = row?.revisions[0];
  if (!row || !current) throw noSuchRequest();
  const { revisions: _revisions, ...fields } = row;
  // The columns are written by this room only, from the very types named here.
  return {
    ...fields,
    payload: JSON.parse(current.payload),
    editors: await editorsOf(ctx, fields),
  } as unknown as RequestRow;
}

async function editorsOf(
  ctx: Transaction,
  { id, revision }: { id: string; revision: number },
): Promise<string[]> {
  if (revision === 1) return [];
  const rows = await ctx.db.revision.findMany({
    where: { orgId: ctx.org, requestId: id, editedBy: { not: null } },
    select: { editedBy: true },
  });
  return rows.flatMap((row) => row.editedBy ?? []);
}

/**
 * Takes the request's row lock, then reads it and the clock: everything decided after this sees no one else's
 * unfinished change, and a wait that crossed the deadline counts as late.
 */
export async function lockRequest(
  ctx: Transaction,
  id: string,
): Promise<{ ctx: Transaction; request: RequestRow }> {
  const locked = await ctx.db.$queryRaw<unknown[]>`
    SELECT 1 FROM requests WHERE org_id = ${ctx.org}::uuid AND id = ${id}::uuid FOR UPDATE`;
  if (locked.length === 0) throw noSuchRequest();
  const now = await databaseNow(ctx);
  return { ctx: { ...ctx, now }, request: await loadRequest(ctx, id) };
}

/** `lockRequest` in a transaction of its own or the one already open. */
export function withLockedRequest<T>(
  ctx: Parameters<typeof transact>[0],
  id: string,
  work: (ctx: Transaction, request: RequestRow) => Promise<T>,
): Promise<T> {
  return transact(ctx, async (open) => {
    const locked = await lockRequest(open, id);
    return work(locked.ctx, locked.request);
  });
}
