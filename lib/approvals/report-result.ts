import { appendEvent } from '@/lib/audit/append-event';
import { requireLiveKey } from '@/lib/identity/require-live-key';
import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { notifyWake } from '@/lib/kernel/wake';
import type { Prisma } from '@/prisma/generated/client';
import { type AgentRequestView, agentView } from './agent-view';
import { requireOwn } from './cancel-request';
import { requestIdOf, withLockedRequest } from './load-request';
import { requestEvent, wakeOf } from './move-request';
import { mayExecute } from './rules/lifecycle';
import type { ResultBody } from './schema';
import { loadVotes } from './votes';

/** What came of a redeemed action, said once by its agent. Throws `not_found`, `unauthorized` once its key is revoked, `conflict` out of order. */
export async function reportResult(
  ctx: Context | Transaction,
  wireId: string,
  body: ResultBody,
): Promise<AgentRequestView> {
  requirePermission(ctx, 'request.submit');
  return withLockedRequest(ctx, requestIdOf(wireId), async (locked, request) => {
    await requireLiveKey(locked);
    requireOwn(locked, request);
    if (!mayExecute(request.execution, body.status)) {
      const found =
        request.execution === 'none'
          ? 'it was not redeemed'
          : `it was already reported as ${request.execution}`;
      throw new AppError('conflict', `a result follows a redeemed token; ${found}`);
    }
    const result = body as unknown as Prisma.InputJsonValue; // parsed from JSON by its schema
    const changed = { execution: body.status, version: request.version + 1 };
    await locked.db.request.update({
      where: { orgId_id: { orgId: locked.org, id: request.id } },
      data: { ...changed, result },
    });
    await appendEvent(locked, {
      ...requestEvent(request, 'action.reported'),
      status: body.status,
      detail: body as unknown as JsonValue, // the same JSON
    });
    await notifyWake(locked, [wakeOf(locked, request)]);
    return agentView(
      { ...request, ...changed, result: body },
      await loadVotes(locked, request),
      null,
      locked.now,
    );
  });
}
