import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { groupCommit, type Settled } from '@/lib/kernel/group-commit';
import { type Answer, answerEachOnce, type IdempotencyClaim } from '@/lib/kernel/idempotency';
import { toWire } from '@/lib/kernel/ids';
import { sha256Canonical } from '@/lib/kernel/json/canonical-json';
import { singleton } from '@/lib/kernel/singleton';
import { transact } from '@/lib/kernel/transact';
import { notifyWake } from '@/lib/kernel/wake';
import { callingAgent, readStanding, revoked, type Standing } from './calling-agents';
import { openTwins, refuseFloods } from './open-twins';
import { judgeAsk, pinnedPolicy, planRequest, type RequestPlan, readAsk } from './plan-request';
import type { AuthorizeBody } from './schema';
import { refuseWrongReplacements, supersedeRequest } from './supersede-request';
import { writeRequests } from './write-requests';

type Ask = { ctx: Context; body: AuthorizeBody; claim: IdempotencyClaim | null };

/**
 * Judges an ask, records it, and opens a request where a person is needed. Asks that wait together are written by
 * one transaction per org; nothing is answered before it is durable. Throws `forbidden`, `unauthorized`,
 * `rate_limited` (too many pending), `unprocessable` (key used with another body).
 */
export async function submitRequest(
  ctx: Context,
  body: AuthorizeBody,
  claim: IdempotencyClaim | null,
): Promise<Answer> {
  requirePermission(ctx, 'request.submit');
  const submit = singleton('approvals.submit', () => groupCommit<Ask, Answer>(writeBatch));
  return submit(ctx.org, { ctx, body, claim });
}

function writeBatch(_org: string, asks: Ask[]): Promise<Settled<Answer>[]> {
  const [first] = asks;
  if (!first) return Promise.resolve([]);
  return transact(first.ctx, async (batch) => {
    const standing = await readStanding(batch, asks.flatMap(keyIdOf));
    // Also a stored answer is for a live key only.
    const live = asks.filter((ask) => keyIdOf(ask).some((id) => standing.agents.has(id)));
    const settled = await answerEachOnce(batch, live, (fresh) => openAll(batch, fresh, standing));
    const answers = new Map(live.map((ask, index) => [ask, settled[index]]));
    return asks.map((ask) => answers.get(ask) ?? { ok: false, error: revoked() });
  });
}

function keyIdOf({ ctx }: Ask): string[] {
  return ctx.actor.kind === 'agent' ? [ctx.actor.keyId] : [];
}

/** Plans every ask by the policy in force, then writes the plans as sets. One bad ask harms no other. */
async function openAll(batch: Transaction, asks: Ask[], standing: Standing): Promise<Settled<string>[]> {
  const planned = asks.map((ask) => planOne(batch, ask, standing));
  const plans = planned.flatMap((each) => (each.ok ? [each.value] : []));
  const answers = await writePlans(batch, plans);
  return planned.map((each) =>
    each.ok ? (answers.get(each.value) ?? { ok: true, value: JSON.stringify(each.value.view) }) : each,
  );
}

function planOne(batch: Transaction, ask: Ask, standing: Standing): Settled<RequestPlan> {
  try {
    const ctx = { ...ask.ctx, db: batch.db, now: batch.now };
    const agent = callingAgent(ctx, standing);
    return { ok: true, value: planRequest(ctx, agent, ask.body, standing.policies, standing.stopped) };
  } catch (error) {
    return { ok: false, error };
  }
}

/** Writes what was planned. Answers for the plans that were not: a pending twin's view, or why it is refused. */
async function writePlans(
  batch: Transaction,
  plans: RequestPlan[],
): Promise<Map<RequestPlan, Settled<string>>> {
  const twins = await openTwins(batch, plans);
  const single = plans.filter((plan) => !twins.has(plan));
  const refused = await refuseWrongReplacements(single);
  for (const [plan, error] of await refuseFloods(batch, single)) refused.set(plan, error);
  const fresh = single.filter((plan) => !refused.has(plan));
  const written = await writeRequests(batch, fresh);
  for (const plan of written) await supersedeRequest(plan);
  const late = await openTwins(
    batch,
    fresh.filter((plan) => !written.has(plan)),
  );
  // Its twin was decided between the two statements: nothing was written for it, so nothing is promised.
  const lost = fresh.filter((plan) => !written.has(plan) && !late.has(plan));
  const again = new AppError('conflict', 'an identical request was decided at this moment; ask again');
  for (const plan of lost) refused.set(plan, again);
  await notifyWake(batch, wakesOf(batch.org, [...written]));
  return new Map([
    ...[...twins, ...late].map(([plan, view]): [RequestPlan, Settled<string>] => [
      plan,
      { ok: true, value: JSON.stringify(view) },
    ]),
    ...[...refused].map(([plan, error]): [RequestPlan, Settled<string>] => [plan, { ok: false, error }]),
  ]);
}

function wakesOf(org: string, plans: RequestPlan[]) {
  const ids = plans.flatMap(({ row }) => (row.status === 'pending' ? [toWire('req', row.id)] : []));
  return ids.length > 0 ? [{ org, topic: 'request' as const, ids }] : [];
}

/** What policy would say, recording nothing: `POST /v1/authorize?dry_run=true`. */
export function judgeOnly(ctx: Context, body: AuthorizeBody) {
  requirePermission(ctx, 'request.submit');
  return transact(ctx, async (open) => {
    const standing = await readStanding(open, ctx.actor.kind === 'agent' ? [ctx.actor.keyId] : []);
    const agent = callingAgent(ctx, standing);
    const verdict = judgeAsk(
      readAsk(body, agent),
      body.payload,
      agent,
      standing.policies,
      standing.stopped,
      open.now,
    );
    return {
      dryRun: true,
      decision: verdict.outcome,
      reasons: verdict.reasons.map(({ rule, text, missing }) => ({ rule, text, missing })),
      wouldAllowIf: verdict.wouldAllowIf,
      risk: verdict.risk,
      requirements: verdict.requirements,
      policy: pinnedPolicy(verdict, standing.policies),
      payloadHash: sha256Canonical(body.payload),
    };
  });
}
