import { createPatch } from 'rfc6902';
import { appendEvent } from '@/lib/audit/append-event';
import type { Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { canonicalJson, sha256Canonical } from '@/lib/kernel/json/canonical-json';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import type { Prisma } from '@/prisma/generated/client';
import { type Judgement, judgeEdit } from './judge-again';
import { requestEvent } from './move-request';
import { slotsOf, sourcesOf } from './plan-request';
import type { RequestRow } from './request-row';

/**
 * Makes the payload a new revision by this member, judged anew; votes on older revisions no longer count.
 * Throws `unprocessable` for what may not change or would not pass. The row must be locked.
 */
export async function editPayload(
  ctx: Transaction,
  request: RequestRow,
  payload: JsonValue,
): Promise<RequestRow> {
  if (ctx.actor.kind !== 'member') throw new AppError('forbidden', 'only a person edits a payload');
  const judged = await judgeEdit(ctx, request, payload);
  const revision = request.revision + 1;
  const payloadHash = sha256Canonical(payload);
  const patch = createPatch(request.payload, payload);
  const json = (value: unknown) => value as Prisma.InputJsonValue; // verdicts and patches are plain JSON
  await ctx.db.revision.create({
    data: {
      orgId: ctx.org,
      requestId: request.id,
      revision,
      payload: canonicalJson(payload),
      payloadHash,
      verdict: json(judged.verdict),
      policyHash: request.policyHash,
      editedBy: ctx.actor.id,
      patch: json(patch),
      createdAt: ctx.now,
    },
  });
  const edited = await applyVerdict(
    ctx,
    { ...request, revision, payload, payloadHash, editors: [...request.editors, ctx.actor.id] },
    judged,
  );
  await appendEvent(ctx, {
    ...requestEvent(request, 'approval.edited'),
    decision: decisionOf(edited, []),
    detail: { before: request.payload, after: payload, patch: JSON.parse(JSON.stringify(patch)) },
  });
  return edited;
}

/** Writes a changed verdict, revision and payload hash onto the locked row. */
export async function applyVerdict(
  ctx: Transaction,
  request: RequestRow,
  { verdict, serial }: Judgement,
): Promise<RequestRow> {
  const changed = {
    version: request.version + 1,
    revision: request.revision,
    payloadHash: request.payloadHash,
    verdict: verdict as unknown as Prisma.InputJsonValue, // plain JSON by its schema
    risk: verdict.risk,
    requiredApprovals: slotsOf(verdict),
    sources: sourcesOf(verdict),
    policySerial: serial,
    dueAt: sooner(ctx.now, request.dueAt, verdict.slaSeconds),
    expiresAt: sooner(ctx.now, request.expiresAt, verdict.expiresSeconds),
  };
  const { count } = await ctx.db.request.updateMany({
    where: { orgId: ctx.org, id: request.id, status: 'pending', version: request.version },
    data: changed,
  });
  if (count !== 1) throw new AppError('conflict', 'the request changed meanwhile');
  return { ...request, ...changed, verdict };
}

/** A stricter verdict can shorten the time that is left, counted from now; nothing lengthens it. */
function sooner(now: Date, stands: Date | null, seconds: number | null): Date | null {
  const wanted = seconds === null ? null : new Date(now.getTime() + seconds * 1000);
  return wanted && stands && wanted < stands ? wanted : stands;
}

/** What an event says of the decision so far; `votes` are members' wire ids with their verdict. */
export function decisionOf(request: RequestRow, votes: { member: string; verdict: 'approve' | 'reject' }[]) {
  return {
    verdict: request.verdict.outcome,
    payloadHash: request.payloadHash,
    revision: request.revision,
    policyHash: request.policyHash,
    policyVersion: request.policyVersion,
    policies: request.verdict.policies,
    votes: votes.map((vote) => ({ ...vote, revision: request.revision })),
  };
}
