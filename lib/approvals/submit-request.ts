import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { groupCommit, type Settled } from '@/lib/kernel/group-commit';
import {
  answerFor,
  claimKeys,
  type IdempotencyClaim,
  releaseKeys,
  type StoredAnswer,
  storeAnswers,
} from '@/lib/kernel/idempotency';
import { toWire } from '@/lib/kernel/ids';
import { sha256Canonical } from '@/lib/kernel/json/canonical-json';
import { singleton } from '@/lib/kernel/singleton';
import { transact } from '@/lib/kernel/transact';
import { notifyWake } from '@/lib/kernel/wake';
import { callingAgent, readStanding, type Standing } from './calling-agents';
import { openTwins, refuseFloods } from './open-twins';
import { judgeAsk, pinnedPolicy, planRequest, type RequestPlan, readAsk } from './plan-request';
import type { AgentRequestView, AuthorizeBody } from './schema';
import { supersedeRequest } from './supersede-request';
import { writeRequests } from './write-requests';

type Ask = { ctx: Context; body: AuthorizeBody; claim: IdempotencyClaim | null };
export type Answer = StoredAnswer & { replayed: boolean };
type Judged = { plan: RequestPlan } | { error: unknown };

/**
 * Judges an ask, records it, and opens a request where a person is needed. Asks that wait together are written by
 * one transaction per org; nothing is answered before it is durable. Throws `forbidden`, `unauthorized`,
 * `rate_limited` (too many pending), `unprocessable` (key used with another body).
 */
export function submitRequest(
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
    const standing = await readStanding(
      batch,
      asks.flatMap(({ ctx }) => (ctx.actor.kind === 'agent' ? [ctx.actor.keyId] : [])),
    );
    const earlier = await earlierAnswers(batch, asks);
    const judged = asks.map((ask, index) =>
      earlier[index] === null ? judgeOne(batch, ask, standing) : null,
    );
    const views = await open(batch, judged);
    const answers = asks.map((_, index) => answer(earlier[index] ?? null, judged[index] ?? null, views));
    await storeAnswers(
      batch,
      asks.flatMap(({ claim }, index) => own(claim, earlier[index] ?? null, answers[index])),
    );
    await releaseKeys(
      batch,
      asks.flatMap(({ claim }, index) =>
        claim && earlier[index] === null && !answers[index]?.ok ? [claim] : [],
      ),
    );
    return asks.map((ask, index) => shared(ask, answers, asks, index));
  });
}

/** By ask: null when it is new, what was stored for its key, or the index of the same key earlier in this batch. */
async function earlierAnswers(
  batch: Transaction,
  asks: Ask[],
): Promise<(StoredAnswer | AppError | number | null)[]> {
  const firsts = new Map<string, number>();
  const repeats = asks.map(({ claim }, index) => {
    if (!claim) return null;
    const name = `${claim.principal}\n${claim.key}`;
    const first = firsts.get(name);
    if (first === undefined) firsts.set(name, index);
    return first ?? null;
  });
  const owners = [...firsts.values()];
  const claims = owners.flatMap((index) => asks[index]?.claim ?? []);
  const stored = await claimKeys(batch, claims);
  const byIndex = new Map(owners.map((index, at) => [index, stored[at] ?? null]));
  return repeats.map((repeat, index) => repeat ?? byIndex.get(index) ?? null);
}

function judgeOne(batch: Transaction, ask: Ask, standing: Standing): Judged {
  try {
    const ctx = { ...ask.ctx, db: batch.db, now: batch.now };
    return {
      plan: planRequest(ctx, callingAgent(ctx, standing), ask.body, standing.policies, standing.stopped),
    };
  } catch (error) {
    return { error };
  }
}

/** Writes what was planned; a pending twin answers with the request that is already open. */
async function open(
  batch: Transaction,
  judged: (Judged | null)[],
): Promise<Map<RequestPlan, AgentRequestView | AppError>> {
  const plans = judged.flatMap((each) => (each && 'plan' in each ? [each.plan] : []));
  const twins = await openTwins(batch, plans);
  const refused = await refuseFloods(
    batch,
    plans.filter((plan) => !twins.has(plan)),
  );
  const fresh = plans.filter((plan) => !twins.has(plan) && !refused.has(plan));
  for (const plan of fresh) if (plan.supersedes) await supersedeRequest(batch, plan);
  const written = await writeRequests(batch, fresh);
  const late = await openTwins(
    batch,
    fresh.filter((plan) => !written.has(plan)),
  );
  await notifyWake(batch, wakesOf(batch.org, [...written]));
  return new Map(
    plans.map((plan) => [plan, late.get(plan) ?? twins.get(plan) ?? refused.get(plan) ?? plan.view]),
  );
}

function wakesOf(org: string, plans: RequestPlan[]) {
  const ids = plans.flatMap(({ row }) => (row.status === 'pending' ? [toWire('req', row.id)] : []));
  return ids.length > 0 ? [{ org, topic: 'request' as const, ids }] : [];
}

function answer(
  earlier: StoredAnswer | AppError | number | null,
  judged: Judged | null,
  views: Map<RequestPlan, AgentRequestView | AppError>,
): Settled<Answer> {
  if (earlier instanceof AppError) return { ok: false, error: earlier };
  if (earlier !== null && typeof earlier !== 'number')
    return { ok: true, value: { ...earlier, replayed: true } };
  if (!judged)
    return { ok: false, error: new AppError('conflict', 'the same call is still running; try again') };
  if ('error' in judged) return { ok: false, error: judged.error };
  const view = views.get(judged.plan);
  if (!view || view instanceof AppError) return { ok: false, error: view };
  return { ok: true, value: { status: 200, body: JSON.stringify(view), replayed: false } };
}

function own(
  claim: IdempotencyClaim | null,
  earlier: unknown,
  settled: Settled<Answer> | undefined,
): (IdempotencyClaim & StoredAnswer)[] {
  if (!claim || earlier !== null || !settled?.ok) return [];
  return [{ ...claim, status: settled.value.status, body: settled.value.body }];
}

/** An ask that repeats a key of the same batch gets the first one's answer, byte for byte. */
function shared(ask: Ask, answers: Settled<Answer>[], asks: Ask[], index: number): Settled<Answer> {
  const first = asks.findIndex(
    (other) =>
      other.claim &&
      ask.claim &&
      other.claim.key === ask.claim.key &&
      other.claim.principal === ask.claim.principal,
  );
  const claim = asks[first]?.claim;
  const settled = answers[first];
  if (first < 0 || first === index || !claim || !ask.claim || !settled?.ok)
    return answers[index] ?? answer(null, null, new Map());
  const stored = answerFor(ask.claim, { fingerprint: claim.fingerprint, ...settled.value });
  return stored instanceof AppError
    ? { ok: false, error: stored }
    : { ok: true, value: { ...stored, replayed: true } };
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
