import type { Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { toWire } from '@/lib/kernel/ids';
import { requireOwn } from './cancel-request';
import { lockRequest, requestIdOf } from './load-request';
import { moveRequest } from './move-request';
import type { RequestPlan } from './plan-request';
import { statusAt } from './rules/lifecycle';

/** Closes the agent's earlier pending request in favour of a newer ask, in the newer one's transaction. */
export async function supersedeRequest(ctx: Transaction, plan: RequestPlan): Promise<void> {
  const { ctx: locked, request } = await lockRequest(ctx, requestIdOf(plan.supersedes ?? ''));
  requireOwn(locked, request);
  if (statusAt(request, locked.now) !== 'pending')
    throw new AppError('conflict', `the superseded request is already ${request.status}`);
  await moveRequest(locked, request, 'supersede', { event: { detail: { by: toWire('req', plan.row.id) } } });
}
