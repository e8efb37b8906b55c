import { appendEvent } from '@/lib/audit/append-event';
import { requireLiveKey } from '@/lib/identity/require-live-key';
import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { newId, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { type AgentRequestView, agentView, type LiveToken } from './agent-view';
import { requireOwn } from './cancel-request';
import { loadRequest, requestIdOf, withLockedRequest } from './load-request';
import { requestEvent } from './move-request';
import type { RequestRow } from './request-row';
import { mayRedeem } from './rules/lifecycle';
import { planToken, signToken, type TokenRow } from './token-of';
import { loadVotes } from './votes';

/** A token with less than this left is replaced when its agent asks. */
const reissueBelowSeconds = 60;

/** The agent's own request as it is now, with its token while it may be executed. Throws `not_found`, `unauthorized` once its key is revoked. */
export async function readRequest(ctx: Context, wireId: string): Promise<AgentRequestView> {
  requirePermission(ctx, 'request.read');
  const id = requestIdOf(wireId);
  const read = await transact(ctx, async (open) => {
    await requireLiveKey(open);
    const request = await loadRequest(open, id);
    requireOwn(open, request);
    const votes = await loadVotes(open, request);
    const token = mayRedeem(request, open.now) ? await latestToken(open, request) : null;
    return { request, votes, token, now: open.now };
  });
  const { request, votes, now } = read;
  if (!mayRedeem(request, now)) return agentView(request, votes, null, now);
  const row = read.token && isFresh(read.token, request, now) ? read.token : await reissue(ctx, id);
  const live: LiveToken | null = row ? signToken(ctx.org, request, row) : null;
  return agentView(request, votes, live, now);
}

async function latestToken(ctx: Transaction, request: RequestRow): Promise<TokenRow | null> {
  return ctx.db.token.findFirst({
    where: { orgId: ctx.org, requestId: request.id },
    orderBy: [{ expiresAt: 'desc' }, { id: 'desc' }],
    select: { id: true, revision: true, audience: true, approvers: true, issuedAt: true, expiresAt: true },
  });
}

/** Enough time left, or no other token could live longer. */
function isFresh({ expiresAt }: TokenRow, { validUntil }: RequestRow, now: Date): boolean {
  const left = expiresAt.getTime() - now.getTime();
  return left >= reissueBelowSeconds * 1000 || (left > 0 && validUntil !== null && expiresAt >= validUntil);
}

/** A fresh token for a request that may still be executed; one caller makes it, the rest find it. */
function reissue(ctx: Context, id: string): Promise<TokenRow | null> {
  return withLockedRequest(ctx, id, async (locked, request) => {
    await requireLiveKey(locked);
    if (!mayRedeem(request, locked.now)) return null;
    const latest = await latestToken(locked, request);
    if (latest && isFresh(latest, request, locked.now)) return latest;
    const row = planToken(newId(), request, latest?.approvers ?? [], locked.now);
    await locked.db.token.create({ data: { orgId: locked.org, requestId: id, ...row } });
    await appendEvent(locked, { ...requestEvent(request, 'token.issued'), token: toWire('tok', row.id) });
    return row;
  });
}
