import { requestIdOf } from '@/lib/api/agent-route';
import { problemResponse } from '@/lib/api/problem';
import { memberRate, takeRate } from '@/lib/api/rate-limit';
import type { Context } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { readJsonBody } from '@/lib/kernel/json/strict-json';
import { requireSameOrigin } from './same-origin';
import { memberContext } from './session';

/** Next gives no params at all to a route whose path has none. */
type Params = { params: Promise<Record<string, string> | undefined> };
type DeskCall = { ctx: Context; request: Request; id: string; body: JsonValue };

/**
 * The people's door for code: session → Context, own origin and the member's rate checked for whatever may change
 * something, then the verb.
 * `onRefusal` may add what a refused person should see.
 */
export function deskRoute(
  work: (call: DeskCall) => Promise<unknown>,
  onRefusal?: (call: DeskCall, error: AppError) => Promise<Record<string, unknown>>,
) {
  return async (request: Request, { params }: Params): Promise<Response> => {
    const requestId = requestIdOf(request);
    let call: DeskCall | null = null;
    try {
      if (request.method !== 'GET') requireSameOrigin(request);
      const ctx = await memberContext();
      if (!ctx) throw new AppError('unauthorized', 'sign in first');
      if (request.method !== 'GET') await takeRate(ctx, `member:${ctx.actor.id}`, memberRate);
      const { id = '' } = (await params) ?? {};
      call = {
        ctx: { ...ctx, requestId },
        request,
        id,
        body: request.method === 'GET' ? null : await readJsonBody(request),
      };
      return Response.json(await work(call), {
        headers: { 'cache-control': 'no-store', 'x-request-id': requestId },
      });
    } catch (error) {
      const problem = problemResponse(error, requestId);
      if (!call || !onRefusal || !(error instanceof AppError)) return problem;
      const body = { ...(await problem.json()), ...(await onRefusal(call, error)) };
      return new Response(JSON.stringify(body), { status: problem.status, headers: problem.headers });
    }
  };
}
