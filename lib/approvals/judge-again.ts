import type { Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { pinnedPolicies, publishedPolicies } from '@/lib/policy/published-policies';
import { editableError } from '@/lib/policy/rules/editable';
import { higherRisk } from '@/lib/policy/rules/join';
import { judge, type Policies } from '@/lib/policy/rules/judge';
import { stricterVerdict } from '@/lib/policy/rules/stricter';
import type { Verdict } from '@/lib/policy/schema';
import type { RequestRow } from './request-row';
import { factsOf } from './rules/ask';

export type Judgement = { verdict: Verdict; serial: number };

/**
 * The verdict that holds for the request right now: the stricter of the one it carries and what the documents in
 * force say of the same facts. Nothing is judged again while nothing was published.
 */
export async function judgeAgain(ctx: Transaction, request: RequestRow): Promise<Judgement> {
  const serial = await currentSerial(ctx);
  if (serial === request.policySerial) return { verdict: request.verdict, serial };
  return {
    verdict: stricterVerdict(request.verdict, await judgeNow(ctx, request, request.payload, serial)),
    serial,
  };
}

/**
 * The verdict on an edited payload, by the stricter of the pinned and the current documents and the facts stored at
 * opening. Throws `unprocessable` for fields that may not change, or a payload that policy would not let pass.
 */
export async function judgeEdit(
  ctx: Transaction,
  request: RequestRow,
  payload: JsonValue,
): Promise<Judgement> {
  const { verdict: standing, serial } = await judgeAgain(ctx, request);
  const errors = editableError(standing.editable, request.payload, payload);
  if (errors.length > 0)
    throw new AppError('unprocessable', 'this part of the payload cannot be edited', { errors });
  const pinned = await openedUnder(ctx, request);
  if (!pinned) throw new AppError('unprocessable', 'the policy this was opened under can no longer be read');
  const then = judge(pinned, factsOf(request.ask, payload), ctx.now);
  const verdict = stricterVerdict(then, await judgeNow(ctx, request, payload, serial));
  if (verdict.outcome === 'allow')
    return {
      verdict: { ...standing, risk: higherRisk(standing.risk, verdict.risk), reasons: verdict.reasons },
      serial,
    };
  if (verdict.outcome === 'require_approval') return { verdict, serial };
  const said = verdict.reasons.map((reason) => ({ pointer: '', detail: reason.text }));
  throw new AppError('unprocessable', 'policy would not let this payload pass', { errors: said });
}

/** The documents that judged the agent's own payload, whatever was published since. */
async function openedUnder(ctx: Transaction, request: RequestRow): Promise<Policies | null> {
  const first = await ctx.db.revision.findUniqueOrThrow({
    where: { orgId_requestId_revision: { orgId: ctx.org, requestId: request.id, revision: 1 } },
    select: { verdict: true },
  });
  const { policies } = first.verdict as unknown as Verdict; // written by this room from that very type
  return pinnedPolicies(
    ctx,
    policies.map((policy) => policy.hash),
  );
}

async function judgeNow(
  ctx: Transaction,
  request: RequestRow,
  payload: JsonValue,
  serial: number,
): Promise<Verdict> {
  const { org, byAgent } = await publishedPolicies(ctx, serial);
  return judge({ org, agent: byAgent.get(request.agentId) ?? null }, factsOf(request.ask, payload), ctx.now);
}

async function currentSerial(ctx: Transaction): Promise<number> {
  const org = await ctx.db.org.findUniqueOrThrow({
    where: { id: ctx.org },
    select: { policySerial: true, stoppedAt: true },
  });
  if (org.stoppedAt)
    throw new AppError('forbidden', 'the organisation is stopped: nothing is decided until it resumes');
  return org.policySerial;
}
