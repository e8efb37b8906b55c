import { createHash } from 'node:crypto';
import { cancelRequest } from '@/lib/approvals/cancel-request';
import { ListQuery, listOwnRequests } from '@/lib/approvals/list-own-requests';
import { readRequest } from '@/lib/approvals/read-request';
import { contextOfToken, redeemToken, verifyToken } from '@/lib/approvals/redeem-token';
import { reportResult } from '@/lib/approvals/report-result';
import { AuthorizeBody, CancelBody, RedeemBody, ResultBody, VerifyBody } from '@/lib/approvals/schema';
import { judgeOnly, submitRequest } from '@/lib/approvals/submit-request';
import { AppError } from '@/lib/kernel/errors';
import { toWire } from '@/lib/kernel/ids';
import { readJsonBody } from '@/lib/kernel/json/strict-json';
import { keyring } from '@/lib/tokens/keyring';
import {
  type AgentCall,
  agentRoute,
  answerOnce,
  answerResponse,
  idempotencyClaim,
  jsonResponse,
  openRoute,
  originOf,
} from './agent-route';
import { parseAs } from './parse';
import { keyRate, orgRate, takeRate } from './rate-limit';
import { watchRequest } from './wait-for-change';

/** `POST /v1/authorize`: judge, record, and open a request where a person is needed; `?dry_run=true` records nothing. */
export const authorize = agentRoute(async (call) => {
  const { ctx, request, url } = call;
  const json = await readJsonBody(request);
  const body = parseAs(AuthorizeBody, json);
  if (dryRun(url)) return jsonResponse(await judgeOnly(ctx, body), ctx.requestId);
  const answer = await submitRequest(
    ctx,
    body,
    idempotencyClaim(request, principalOf(call), 'authorize', json),
  );
  return answerResponse(answer, ctx.requestId);
});

/** `GET /v1/requests`: the agent's own requests, newest first. */
export const listRequests = agentRoute(async ({ ctx, url }) => {
  const query = parseAs(ListQuery, Object.fromEntries(url.searchParams), 'malformed');
  return jsonResponse(await listOwnRequests(ctx, query), ctx.requestId);
});

/**
 * `GET /v1/requests/{id}`: the state now; with `Prefer: wait=N` (at most 55 s) when it is no longer the one known, or
 * 401 the moment the key is revoked.
 */
export const getRequest = agentRoute(async ({ ctx, request, id }) => {
  const waitSeconds = preferredWait(request);
  const deadline = Date.now() + waitSeconds * 1000;
  const watch = waitSeconds > 0 && ctx.actor.kind === 'agent' ? watchRequest(id, ctx.actor.keyId) : null;
  try {
    let view = await readRequest(ctx, id);
    const known = request.headers.get('if-none-match') ?? etagOf(view);
    while (
      watch &&
      view.status === 'pending' &&
      etagOf(view) === known &&
      Date.now() < deadline &&
      !request.signal.aborted
    ) {
      const closes = Date.parse(view.approval?.expiresAt ?? '') - Date.now();
      await watch.until(
        Math.min(deadline - Date.now(), Math.max(closes, 50) || Number.POSITIVE_INFINITY),
        request.signal,
      );
      if (Date.now() < deadline || !request.signal.aborted) view = await readRequest(ctx, id);
    }
    const headers = {
      etag: etagOf(view),
      ...(waitSeconds > 0 && { 'preference-applied': `wait=${waitSeconds}` }),
    };
    if (request.headers.get('if-none-match') === headers.etag)
      return new Response(null, { status: 304, headers: { ...headers, 'x-request-id': ctx.requestId } });
    return jsonResponse(view, ctx.requestId, headers);
  } finally {
    watch?.stop();
  }
});

/** `POST /v1/requests/{id}/cancel`: withdraw. */
export const cancel = agentRoute(async (call) => {
  const { id } = call;
  const json = await optionalBody(call.request);
  const body = parseAs(CancelBody, json);
  const claim = idempotencyClaim(call.request, principalOf(call), `cancel ${id}`, json);
  return answerOnce(call.ctx, claim, (ctx) => cancelRequest(ctx, id, body));
});

/** `POST /v1/requests/{id}/result`: what came of it. */
export const result = agentRoute(async (call) => {
  const { id } = call;
  const json = await readJsonBody(call.request);
  const body = parseAs(ResultBody, json);
  const claim = idempotencyClaim(call.request, principalOf(call), `result ${id}`, json);
  return answerOnce(call.ctx, claim, (ctx) => reportResult(ctx, id, body));
});

/** `POST /v1/tokens/verify`: anyone asks whether a proof is genuine for this payload. */
export const verify = openRoute(async (request, requestId) => {
  const body = parseAs(VerifyBody, await readJsonBody(request));
  const genuine = tokenOrNull(body, requestId);
  if (genuine) await takeTokenRates(genuine);
  return jsonResponse(await verifyToken(body, requestId), requestId);
});

/** `POST /v1/tokens/redeem`: once. The verified token is the credential. */
export const redeem = openRoute(async (request, requestId) => {
  const json = await readJsonBody(request);
  const body = parseAs(RedeemBody, json);
  const { ctx, claims } = contextOfToken(body.token, body.payload, requestId);
  await takeTokenRates({ ctx, claims });
  const claim = idempotencyClaim(request, `token:${claims.jti}`, 'redeem', json);
  return answerOnce({ ...ctx, origin: originOf(request) }, claim, (open) => redeemToken(open, claims));
});

/** `GET /v1/keys`: the public keys that verify tokens. */
export const keys = openRoute(async (_request, requestId) => {
  const listed = keyring().verifying.map(({ kid, use, paserk, notBefore, retiredAt }) => ({
    kid,
    use,
    paserk,
    notBefore: notBefore.toISOString(),
    retiredAt: retiredAt?.toISOString() ?? null,
  }));
  return jsonResponse({ keys: listed }, requestId, { 'cache-control': 'public, max-age=60' });
});

type Genuine = ReturnType<typeof contextOfToken>;

/** What is not genuine reaches no database and writes nothing, so it takes nobody's rate. */
function tokenOrNull(body: VerifyBody, requestId: string): Genuine | null {
  try {
    return contextOfToken(body.token, body.payload, requestId);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Tokens need no key: what is done with them counts for the agent and the org that they name. */
async function takeTokenRates({ ctx, claims }: Genuine): Promise<void> {
  await takeRate(ctx, `tokens:${claims.sub}`, keyRate());
  await takeRate(ctx, 'tokens', orgRate());
}

/** Whose an `Idempotency-Key` is: the API key's, since another key of the same agent may be for another environment. */
function principalOf({ ctx }: AgentCall): string {
  return ctx.actor.kind === 'agent' ? toWire('key', ctx.actor.keyId) : ctx.actor.kind;
}

function dryRun(url: URL): boolean {
  const given = url.searchParams.get('dry_run');
  if (given === null || given === 'false') return false;
  if (given === 'true') return true;
  throw new AppError('malformed', 'expected dry_run=true or dry_run=false');
}

function preferredWait(request: Request): number {
  const [, seconds] =
    /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/.exec(request.headers.get('prefer') ?? '') ?? [];
  return Math.min(Number(seconds ?? 0), 55);
}

/** One tag per state, and per token: an answer that brings a fresh token is never taken for one already known. */
function etagOf(view: Awaited<ReturnType<typeof readRequest>>): string {
  const { status, execution, revision, approval, token } = view;
  const state = JSON.stringify([
    view.id,
    status,
    execution,
    revision,
    approval?.requirements,
    approval?.votes,
    token,
  ]);
  return `"${createHash('sha256').update(state).digest('base64url').slice(0, 22)}"`;
}

async function optionalBody(request: Request) {
  return request.headers.get('content-type') === null ? {} : readJsonBody(request);
}
