import { appendEvent } from '@/lib/audit/append-event';
import type { Context, Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { fromWire, toWire } from '@/lib/kernel/ids';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { transact } from '@/lib/kernel/transact';
import { notifyWake } from '@/lib/kernel/wake';
import { keyring } from '@/lib/tokens/keyring';
import type { ApprovalClaims } from '@/lib/tokens/rules/claims';
import { verifyApprovalToken } from '@/lib/tokens/rules/verify-approval-token';
import { loadRequest, withLockedRequest } from './load-request';
import { requestEvent, wakeOf } from './move-request';
import type { RequestRow } from './request-row';
import { mayExecute, mayRedeem } from './rules/lifecycle';
import type { VerifyBody } from './schema';

export type RedeemedView = {
  request: string;
  execution: 'redeemed';
  redeemedAt: string;
  action: string;
  payloadHash: string;
  agent: string;
};
export type VerifiedView =
  | { valid: true; claims: ApprovalClaims; execution: string }
  | { valid: false; reason: string };

/** A verified token is its own credential: its claims name the org, and it may do nothing but be verified and redeemed. */
export function contextOfToken(
  token: string,
  payload: JsonValue,
  requestId: string,
): { ctx: Context; claims: ApprovalClaims } {
  const claims = verifyApprovalToken(keyring(), token, { payload }, new Date());
  const [org, id] = [fromWire('org', claims.org), fromWire('tok', claims.jti)];
  if (!org || !id) throw new AppError('unauthorized', 'the token names no organisation of ours');
  return {
    claims,
    ctx: {
      org,
      actor: { kind: 'token', id, via: 'api' },
      permissions: new Set(),
      requestId,
      now: new Date(),
    },
  };
}

/**
 * Spends the approval: once per request, whatever token is shown. Throws `conflict` when it is spent already, `gone`
 * when it lapsed, `forbidden` when org or agent is stopped, and what `verifyApprovalToken` throws.
 */
export function redeemToken(ctx: Context | Transaction, claims: ApprovalClaims): Promise<RedeemedView> {
  return withLockedRequest(ctx, requestOf(claims), async (locked, request) => {
    await requireRunning(locked, request);
    requireCurrent(locked, request, claims);
    await locked.db.request.update({
      where: { orgId_id: { orgId: locked.org, id: request.id } },
      data: { execution: 'redeemed', version: request.version + 1 },
    });
    await locked.db.token.update({
      where: { orgId_id: { orgId: locked.org, id: locked.actor.id } },
      data: { redeemedAt: locked.now },
    });
    await appendEvent(locked, {
      ...requestEvent(request, 'token.redeemed'),
      token: claims.jti,
      status: request.status,
    });
    await notifyWake(locked, [wakeOf(locked, request)]);
    return {
      request: claims.request,
      execution: 'redeemed',
      redeemedAt: locked.now.toISOString(),
      action: request.action,
      payloadHash: request.payloadHash,
      agent: toWire('agt', request.agentId),
    };
  });
}

/** Whether a proof is genuine for this payload right now; the question is an event of the record. */
export async function verifyToken(body: VerifyBody, requestId: string): Promise<VerifiedView> {
  try {
    const { ctx, claims } = contextOfToken(body.token, body.payload, requestId);
    if (body.audience !== undefined && body.audience !== claims.aud)
      return { valid: false, reason: 'the token was issued for another audience' };
    return await transact(ctx, async (open): Promise<VerifiedView> => {
      const request = await loadRequest(open, requestOf(claims));
      await appendEvent(open, { ...requestEvent(request, 'token.verified'), token: claims.jti });
      return { valid: true, claims, execution: request.execution };
    });
  } catch (error) {
    if (error instanceof AppError && error.code !== 'unavailable')
      return { valid: false, reason: error.message };
    throw error;
  }
}

function requestOf(claims: ApprovalClaims): string {
  const id = fromWire('req', claims.request);
  if (!id) throw new AppError('unauthorized', 'the token names no request');
  return id;
}

async function requireRunning(ctx: Transaction, request: RequestRow): Promise<void> {
  const agent = await ctx.db.agent.findUniqueOrThrow({
    where: { orgId_id: { orgId: ctx.org, id: request.agentId } },
    select: { stoppedAt: true, org: { select: { stoppedAt: true } } },
  });
  if (agent.stoppedAt || agent.org.stoppedAt)
    throw new AppError('forbidden', 'this agent or its organisation is stopped');
}

function requireCurrent(ctx: Transaction, request: RequestRow, claims: ApprovalClaims): void {
  if (!mayExecute(request.execution, 'redeemed'))
    throw new AppError('conflict', 'this approval was already redeemed');
  if (claims.revision !== request.revision || claims.payload_hash !== request.payloadHash) {
    throw new AppError('unprocessable', 'the token was issued for another revision');
  }
  if (!mayRedeem(request, ctx.now)) throw new AppError('gone', 'this approval has lapsed or never was');
  if (Date.parse(claims.exp) <= ctx.now.getTime()) throw new AppError('gone', 'the token has expired');
}
