import { AppError } from '@/lib/kernel/errors';
import { toWire } from '@/lib/kernel/ids';
import { requireOwn } from './cancel-request';
import { lockRequest, requestIdOf } from './load-request';
import { moveRequest } from './move-request';
import type { RequestPlan } from './plan-request';
import { statusAt } from './rules/lifecycle';

/** By plan, why its ask is refused: what it would replace is not its agent's own pending request. Locks those rows. */
export async function refuseWrongReplacements(
  plans: readonly RequestPlan[],
): Promise<Map<RequestPlan, AppError>> {
  const refused = new Map<RequestPlan, AppError>();
  for (const plan of plans) {
    if (!plan.supersedes) continue;
    const error = await lockReplaced(plan).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (error instanceof AppError) refused.set(plan, error);
    else if (error) throw error;
  }
  return refused;
}

/** Closes the agent's earlier request in favour of the newer ask, in its transaction. What policy denied replaces nothing. */
export async function supersedeRequest(plan: RequestPlan): Promise<void> {
  if (!plan.supersedes || plan.row.status === 'denied') return;
  const { ctx, request } = await lockReplaced(plan);
  await moveRequest(ctx, request, 'supersede', { event: { detail: { by: toWire('req', plan.row.id) } } });
}

async function lockReplaced(plan: RequestPlan): ReturnType<typeof lockRequest> {
  const locked = await lockRequest(plan.ctx, requestIdOf(plan.supersedes ?? ''));
  requireOwn(plan.ctx, locked.request);
  const status = statusAt(locked.request, locked.ctx.now);
  if (status !== 'pending') throw new AppError('conflict', `the superseded request is already ${status}`);
  return locked;
}
