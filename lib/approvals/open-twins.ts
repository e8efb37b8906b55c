import type { Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { type AgentRequestView, agentView } from './agent-view';
import { expireRequest } from './expire-request';
import { loadRequest } from './load-request';
import type { RequestPlan } from './plan-request';
import { statusAt } from './rules/lifecycle';
import { loadVotes } from './votes';

/** How many requests of one agent may wait at once, so that nobody drowns the reviewers. */
export const mostPending = 500;

/** By plan, the open request that already asks the same. One that has expired meanwhile is closed on the way. */
export async function openTwins(
  ctx: Transaction,
  plans: readonly RequestPlan[],
): Promise<Map<RequestPlan, AgentRequestView>> {
  const waiting = plans.filter(({ row }) => row.status === 'pending');
  const twins = new Map<RequestPlan, AgentRequestView>();
  if (waiting.length === 0) return twins;
  const rows = await ctx.db.$queryRaw<{ id: string; fingerprint: Uint8Array }[]>`
    SELECT id, fingerprint FROM requests
     WHERE org_id = ${ctx.org}::uuid AND status = 'pending'
       AND fingerprint = ANY(${waiting.map((plan) => plan.fingerprint)}::bytea[])`;
  for (const { id, fingerprint } of rows) {
    const request = await loadRequest(ctx, id);
    if (statusAt(request, ctx.now) === 'expired') {
      await expireRequest(ctx, id);
      continue;
    }
    const view = {
      ...agentView(request, await loadVotes(ctx, request), null, ctx.now),
      deduplicated: true as const,
    };
    for (const plan of waiting) if (plan.fingerprint.equals(fingerprint)) twins.set(plan, view);
  }
  return twins;
}

/** By plan, why it is refused: its agent already has as many pending as it may. */
export async function refuseFloods(
  ctx: Transaction,
  plans: readonly RequestPlan[],
): Promise<Map<RequestPlan, AppError>> {
  // What takes the place of a waiting request adds none.
  const waiting = plans.filter(({ row, supersedes }) => row.status === 'pending' && !supersedes);
  const refused = new Map<RequestPlan, AppError>();
  if (waiting.length === 0) return refused;
  const agents = [...new Set(waiting.map(({ row }) => row.agentId))];
  const counts = await ctx.db.$queryRaw<{ agentId: string; pending: bigint }[]>`
    SELECT agent_id AS "agentId", count(*) AS pending FROM requests
     WHERE org_id = ${ctx.org}::uuid AND status = 'pending' AND agent_id = ANY(${agents}::uuid[]) GROUP BY agent_id`;
  const pending = new Map(counts.map((row) => [row.agentId, Number(row.pending)]));
  for (const plan of waiting) {
    const count = (pending.get(plan.row.agentId) ?? 0) + 1;
    pending.set(plan.row.agentId, count);
    if (count <= mostPending) continue;
    const message = `this agent has ${mostPending} requests waiting; wait for some to be decided or cancel them`;
    refused.set(plan, new AppError('rate_limited', message, { retryAfterSeconds: 60 }));
  }
  return refused;
}
