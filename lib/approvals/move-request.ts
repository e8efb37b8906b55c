import { appendEvent, type EventDraft } from '@/lib/audit/append-event';
import type { Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { toWire } from '@/lib/kernel/ids';
import { notifyWake } from '@/lib/kernel/wake';
import type { RequestRow } from './request-row';
import { nextStatus } from './rules/lifecycle';

type Move = Parameters<typeof nextStatus>[1];

const eventOf = {
  approve: 'approval.granted',
  reject: 'approval.rejected',
  expire: 'approval.expired',
  cancel: 'approval.cancelled',
  supersede: 'approval.superseded',
} as const;

/**
 * Moves a locked request along the lifecycle table: one conditional update, one event, one wake.
 * Throws `conflict` where the table has no such move or someone else was first.
 */
export async function moveRequest(
  ctx: Transaction,
  request: RequestRow,
  move: Move,
  more: { feedback?: string; validUntil?: Date; event?: Partial<EventDraft> } = {},
): Promise<RequestRow> {
  const status = nextStatus(request.status, move);
  if (!status) throw new AppError('conflict', `the request is already ${request.status}`);
  const moved = {
    status,
    version: request.version + 1,
    decidedAt: ctx.now,
    feedback: more.feedback ?? request.feedback,
    validUntil: more.validUntil ?? null,
  };
  const { count } = await ctx.db.request.updateMany({
    where: { orgId: ctx.org, id: request.id, status: 'pending', version: request.version },
    data: moved,
  });
  if (count !== 1) throw new AppError('conflict', 'the request changed meanwhile');
  await appendEvent(ctx, { ...requestEvent(request, eventOf[move]), status, ...more.event });
  await notifyWake(ctx, [wakeOf(ctx, request)]);
  return { ...request, ...moved };
}

/** The part of an event that every event about a request shares. */
export function requestEvent(request: RequestRow, type: EventDraft['type']): EventDraft {
  return {
    type,
    subject: { type: 'request', id: toWire('req', request.id) },
    requestId: request.id,
    runId: request.runId,
    action: request.action,
    agent: {
      id: request.agentId,
      version: request.ask.context?.agentVersion,
      model: request.ask.context?.modelId,
    },
  };
}

export function wakeOf(ctx: Transaction, request: { id: string }) {
  return { org: ctx.org, topic: 'request' as const, ids: [toWire('req', request.id)] };
}
