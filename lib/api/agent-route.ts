import { createHash, randomUUID } from 'node:crypto';
import { findApiKey } from '@/lib/identity/find-api-key';
import { permissionsOfScopes } from '@/lib/identity/rules/permissions';
import type { Context, Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { type Answer, answerEachOnce, type IdempotencyClaim } from '@/lib/kernel/idempotency';
import { canonicalJson } from '@/lib/kernel/json/canonical-json';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { transact } from '@/lib/kernel/transact';
import { problemResponse } from './problem';
import { keyRate, orgRate, type RateStanding, takeRate } from './rate-limit';

export type AgentCall = { ctx: Context; request: Request; url: URL; id: string };

/** A Web-standard handler, as `route.ts` files export it and the server calls it; `id` is the path's, where it has one. */
export type RouteHandler = (
  request: Request,
  route?: { params: Promise<{ id?: string }> },
) => Promise<Response>;

/**
 * The agents' door: key → Context, rates of key and org, then the verb; every failure as problem+json, every answer with its
 * request id. The org comes from the key and from nowhere else.
 */
export function agentRoute(work: (call: AgentCall) => Promise<Response>): RouteHandler {
  return async (request, route) => {
    const requestId = requestIdOf(request);
    try {
      const ctx = await contextOf(request, requestId);
      const rate = await takeRates(ctx);
      const response = await work({
        ctx,
        request,
        url: new URL(request.url),
        id: (await route?.params)?.id ?? '',
      });
      response.headers.set('ratelimit-policy', `"key";q=${rate.limit};w=60`);
      response.headers.set('ratelimit', `"key";r=${rate.remaining};t=${rate.resetSeconds}`);
      return response;
    } catch (error) {
      return problemResponse(error, requestId);
    }
  };
}

/** A door without a key: public facts, and calls whose credential is a token in the body. */
export function openRoute(work: (request: Request, requestId: string) => Promise<Response>): RouteHandler {
  return async (request) => {
    const requestId = requestIdOf(request);
    try {
      return await work(request, requestId);
    } catch (error) {
      return problemResponse(error, requestId);
    }
  };
}

/** The key's own rate first, so that a key beyond its own takes nothing from the org's. */
async function takeRates(ctx: Context): Promise<RateStanding> {
  const subject = ctx.actor.kind === 'agent' ? `key:${ctx.actor.keyId}` : ctx.actor.kind;
  const standing = await takeRate(ctx, subject, keyRate());
  await takeRate(ctx, 'agents', orgRate());
  return standing;
}

/** The caller's `X-Request-Id` where it is sane, else a new one. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id');
  return given && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}

async function contextOf(request: Request, requestId: string): Promise<Context> {
  const [, text] = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (!text) throw new AppError('unauthorized', 'expected the header Authorization: Bearer cs_live_…');
  const key = await findApiKey(text);
  if (!key) throw new AppError('unauthorized', 'this key is unknown, mistyped or revoked');
  return {
    org: key.org,
    actor: {
      kind: 'agent',
      id: key.agentId,
      via: 'api',
      keyId: key.id,
      environment: key.environment,
      initiator: key.initiator,
    },
    permissions: permissionsOfScopes(key.scopes),
    requestId,
    origin: originOf(request),
    now: new Date(),
  };
}

/** Where a call came from, as the server names it. */
export function originOf(request: Request): Context['origin'] {
  return { address: request.headers.get('x-forwarded-for'), userAgent: request.headers.get('user-agent') };
}

/** A JSON answer with the request's id. */
export function jsonResponse(
  body: unknown,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  return bodyResponse(JSON.stringify(body), requestId, headers);
}

export function bodyResponse(
  body: string,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, {
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...headers,
    },
  });
}

/** The claim a POST makes with its `Idempotency-Key`; null where it has none. Throws `malformed` for a bad key. */
export function idempotencyClaim(
  request: Request,
  principal: string,
  route: string,
  body: JsonValue,
): IdempotencyClaim | null {
  const key = request.headers.get('idempotency-key');
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new AppError('malformed', 'expected an Idempotency-Key of 1 to 255 visible characters');
  const fingerprint = createHash('sha256').update(canonicalJson(body)).digest();
  return { principal, route, key, fingerprint };
}

/** Runs a verb and stores its answer under the claim, in one transaction; a repeat gets the stored answer. */
export async function answerOnce(
  ctx: Context,
  claim: IdempotencyClaim | null,
  verb: (ctx: Context | Transaction) => Promise<unknown>,
): Promise<Response> {
  if (!claim) return jsonResponse(await verb(ctx), ctx.requestId);
  const [settled] = await transact(ctx, (open) =>
    answerEachOnce(open, [{ claim }], async (fresh) =>
      Promise.all(fresh.map(async () => ({ ok: true, value: JSON.stringify(await verb(open)) }) as const)),
    ),
  );
  if (!settled?.ok) throw settled?.error;
  return answerResponse(settled.value, ctx.requestId);
}

/** An answer's bytes, saying whether they are an earlier call's. */
export function answerResponse({ body, replayed }: Answer, requestId: string): Response {
  return bodyResponse(body, requestId, replayed ? { 'idempotent-replayed': 'true' } : {});
}
