import { appendEvent } from '@/lib/audit/append-event';
import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { newId, toWire } from '@/lib/kernel/ids';
import { canonicalJson, sha256Canonical } from '@/lib/kernel/json/canonical-json';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { notifyWake } from '@/lib/kernel/wake';
import type { Verdict } from '@/lib/policy/schema';
import { applyVerdict, decisionOf, editPayload } from './edit-payload';
import { byClock } from './expire-request';
import { judgeAgain } from './judge-again';
import { requestIdOf, withLockedRequest } from './load-request';
import { moveRequest, requestEvent, wakeOf } from './move-request';
import type { RequestRow } from './request-row';
import { mayVote } from './rules/eligibility';
import { statusAt, validForSeconds } from './rules/lifecycle';
import { restoreMasked } from './rules/masking';
import { fillDecision } from './rules/quorum';
import type { VoteBody } from './schema';
import { planToken } from './token-of';
import { loadVoters, loadVotes, votedOn } from './votes';

type Member = Extract<Context['actor'], { kind: 'member' }>;
/** `refused` when the document in force now denies what waited: the request was rejected, the vote not taken. */
export type VoteOutcome = { status: string; refused: string | null };

/**
 * One person's approve or reject of what was on their screen, in one transaction for every channel (approvals.md).
 * Throws `not_found`; `conflict` when it is decided, expired or no longer what was seen; `forbidden` with the reason
 * in words; `unprocessable` for an edit that may not be. The same vote twice is one vote.
 */
export async function castVote(
  ctx: Context | Transaction,
  wireId: string,
  body: VoteBody,
): Promise<VoteOutcome> {
  requirePermission(ctx, 'request.decide');
  const { actor } = ctx;
  if (actor.kind !== 'member') throw new AppError('forbidden', 'only a person votes');
  return withLockedRequest(ctx, requestIdOf(wireId), async (locked, found) => {
    const edit = editOf(found, body);
    if (!edit && (await isRepeat(locked, found, actor, body))) return { status: found.status, refused: null };
    requireSeen(locked, found, body);
    const standing = await underCurrentPolicy(locked, found);
    if (standing.verdict.outcome === 'deny') return rejectByPolicy(locked, standing);
    await requireEligible(locked, standing, actor);
    const request = edit ? await editPayload(locked, standing, edit) : standing;
    await recordVote(locked, request, actor, body);
    if (body.verdict === 'reject') return reject(locked, request, actor, body);
    return approveIfComplete(locked, request);
  });
}

async function isRepeat(
  ctx: Transaction,
  request: RequestRow,
  actor: Member,
  body: VoteBody,
): Promise<boolean> {
  const earlier = await ctx.db.vote.findUnique({
    where: {
      orgId_requestId_revision_memberId: {
        orgId: ctx.org,
        requestId: request.id,
        revision: body.revision,
        memberId: actor.id,
      },
    },
    select: { verdict: true, payloadHash: true },
  });
  if (!earlier) return false;
  if (earlier.verdict === body.verdict && earlier.payloadHash === body.payloadHash) return true;
  throw new AppError('conflict', 'you have already voted on this');
}

function requireSeen(ctx: Transaction, request: RequestRow, body: VoteBody): void {
  const status = statusAt(request, ctx.now);
  if (status !== 'pending')
    throw new AppError('conflict', `this was ${status} before your vote arrived`, { status });
  if (body.revision === request.revision && body.payloadHash === request.payloadHash) return;
  throw new AppError('conflict', 'the payload changed while you were reading', { reason: 'payload_changed' });
}

async function underCurrentPolicy(ctx: Transaction, request: RequestRow): Promise<RequestRow> {
  const judged = await judgeAgain(ctx, request);
  if (judged.serial === request.policySerial) return request;
  if (judged.verdict.outcome === 'deny') return { ...request, verdict: judged.verdict };
  const rejudged = await applyVerdict(ctx, request, judged);
  if (weightOf(judged.verdict) === weightOf(request.verdict)) return rejudged;
  const { risk, requirements, policies } = judged.verdict;
  await appendEvent(byClock(ctx), {
    ...requestEvent(request, 'approval.rejudged'),
    decision: decisionOf(rejudged, []),
    detail: { risk, requirements, policies },
  });
  return rejudged;
}

/** What a verdict asks of people; two that ask the same differ in words alone. */
function weightOf({ risk, requirements, slaSeconds, expiresSeconds, onBreach, editable }: Verdict): string {
  return canonicalJson({ risk, requirements, slaSeconds, expiresSeconds, onBreach, editable });
}

async function rejectByPolicy(ctx: Transaction, request: RequestRow): Promise<VoteOutcome> {
  const refused = `The policy in force now denies this: ${request.verdict.reasons[0]?.text ?? 'no rule permits it'}`;
  const { status } = await moveRequest(byClock(ctx), request, 'reject', {
    feedback: refused,
    event: { decision: decisionOf(request, []) },
  });
  return { status, refused };
}

async function requireEligible(ctx: Transaction, request: RequestRow, actor: Member): Promise<void> {
  const agent = await ctx.db.agent.findUniqueOrThrow({
    where: { orgId_id: { orgId: ctx.org, id: request.agentId } },
    select: { stoppedAt: true },
  });
  if (agent.stoppedAt)
    throw new AppError('forbidden', 'This agent is stopped: nothing of it is decided until it resumes.');
  const voter = (await loadVoters(ctx, [actor.id], true)).get(actor.id);
  if (!voter) throw new AppError('forbidden', 'You are not a member of this organisation.');
  const eligibility = mayVote(voter, await votedOn(ctx, request));
  if (!eligibility.ok) throw new AppError('forbidden', eligibility.reason);
}

/** The payload as this person would have it, masks given back; null where nothing differs from what stands. */
function editOf(request: RequestRow, body: VoteBody): JsonValue | null {
  if (!body.payload) return null;
  if (body.verdict === 'reject') throw new AppError('unprocessable', 'a rejection carries no edit');
  const payload = restoreMasked(body.payload, request.payload, request.ask.sensitive ?? []);
  return sha256Canonical(payload) === request.payloadHash ? null : payload;
}

async function recordVote(
  ctx: Transaction,
  request: RequestRow,
  actor: Member,
  body: VoteBody,
): Promise<void> {
  const reason = body.reason?.trim() || null;
  if (body.verdict === 'reject' && !reason) throw new AppError('unprocessable', 'a rejection needs a reason');
  if (request.risk === 'critical' && (reason?.length ?? 0) < 10) {
    throw new AppError('unprocessable', 'a critical request needs a reason of at least ten characters');
  }
  await ctx.db.vote.create({
    data: {
      orgId: ctx.org,
      requestId: request.id,
      revision: request.revision,
      memberId: actor.id,
      verdict: body.verdict,
      payloadHash: request.payloadHash,
      reason,
      via: actor.via,
      at: ctx.now,
    },
  });
  const vote = { member: toWire('mem', actor.id), verdict: body.verdict };
  await appendEvent(ctx, {
    ...requestEvent(request, 'approval.voted'),
    decision: decisionOf(request, [vote]),
    detail: { reason },
  });
}

async function reject(
  ctx: Transaction,
  request: RequestRow,
  actor: Member,
  body: VoteBody,
): Promise<VoteOutcome> {
  const decision = decisionOf(request, [{ member: toWire('mem', actor.id), verdict: 'reject' }]);
  const { status } = await moveRequest(ctx, request, 'reject', {
    feedback: body.reason?.trim(),
    event: { decision },
  });
  return { status, refused: null };
}

/** Approved when every slot is filled by votes that still count, checked again with their people locked. */
async function approveIfComplete(ctx: Transaction, request: RequestRow): Promise<VoteOutcome> {
  const votes = await loadVotes(ctx, request, true);
  const approvals = votes.filter((vote) => vote.revision === request.revision && vote.verdict === 'approve');
  const live = approvals.filter((vote) => vote.fills.length > 0).map((vote) => vote.memberId);
  const quorum = fillDecision(request.verdict.requirements, approvals, request);
  if (!quorum.complete) {
    await notifyWake(ctx, [wakeOf(ctx, request)]);
    return { status: request.status, refused: null };
  }
  const decision = decisionOf(
    request,
    live.map((id) => ({ member: toWire('mem', id), verdict: 'approve' })),
  );
  const validUntil = new Date(ctx.now.getTime() + validForSeconds * 1000);
  const token = planToken(newId(), { ...request, validUntil }, live, ctx.now);
  await ctx.db.token.create({ data: { orgId: ctx.org, requestId: request.id, ...token } });
  const { status } = await moveRequest(ctx, request, 'approve', {
    validUntil,
    event: { decision, token: toWire('tok', token.id) },
  });
  return { status, refused: null };
}
