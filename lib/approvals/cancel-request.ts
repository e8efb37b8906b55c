import { requireLiveKey } from '@/lib/identity/require-live-key';
import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { type AgentRequestView, agentView } from './agent-view';
import { noSuchRequest, requestIdOf, withLockedRequest } from './load-request';
import { moveRequest } from './move-request';
import type { RequestRow } from './request-row';
import { statusAt } from './rules/lifecycle';
import type { CancelBody } from './schema';
import { loadVotes } from './votes';

/** Withdraws the agent's own pending request. Throws `not_found`, `unauthorized` once its key is revoked, `conflict` when it is decided already. */
export async function cancelRequest(
  ctx: Context | Transaction,
  wireId: string,
  body: CancelBody,
): Promise<AgentRequestView> {
  requirePermission(ctx, 'request.submit');
  return withLockedRequest(ctx, requestIdOf(wireId), async (locked, request) => {
    await requireLiveKey(locked);
    requireOwn(locked, request);
    if (statusAt(request, locked.now) !== 'pending') {
      throw new AppError('conflict', `the request is already ${statusAt(request, locked.now)}`);
    }
    const detail = body.reason === undefined ? undefined : { reason: body.reason };
    const cancelled = await moveRequest(locked, request, 'cancel', { event: { detail } });
    return agentView(cancelled, await loadVotes(locked, cancelled), null, locked.now);
  });
}

/** An agent sees its own requests only; another agent's do not exist for it. */
export function requireOwn(ctx: Context, request: RequestRow): void {
  if (ctx.actor.kind !== 'agent' || ctx.actor.id !== request.agentId) throw noSuchRequest();
}
