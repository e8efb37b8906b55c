import { membershipsOf } from '@/lib/identity/queries';
import { changeStream } from './change-stream';
import { currentPerson, memberContext } from './session';
import { sessionStands, sessionToken } from './sessions';

/**
 * `GET /api/stream`: says which requests of the reader's org moved, as server-sent events. It carries ids only; a
 * client that was away fetches again. Ends when the reader signed out or is no longer a member.
 */
export async function streamChanges(request: Request): Promise<Response> {
  const [ctx, person, token] = [await memberContext(), await currentPerson(), await sessionToken()];
  if (!ctx || !person || !token) return new Response(null, { status: 401 });
  const stillReads = async () =>
    (await sessionStands(token)) && (await membershipsOf(person.email)).some(({ org }) => org === ctx.org);
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  };
  return new Response(changeStream(ctx.org, stillReads, request.signal), { headers });
}
