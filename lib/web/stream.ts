import { membershipsOf } from '@/lib/identity/queries';
import { onWake, type Wake } from '@/lib/kernel/wake';
import { currentPerson, memberContext } from './session';

const heartbeatMilliseconds = 25_000;

/**
 * `GET /api/stream`: says which requests of the reader's org moved, as server-sent events. It carries ids only; a
 * client that was away fetches again. Ends when the reader is no longer a member.
 */
export async function streamChanges(request: Request): Promise<Response> {
  const [ctx, person] = [await memberContext(), await currentPerson()];
  if (!ctx || !person) return new Response(null, { status: 401 });
  let sent = 0;
  let close = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const encoder = new TextEncoder();
      const write = (text: string) => controller.enqueue(encoder.encode(text));
      const stopListening = onWake((wake) => {
        for (const id of idsOf(wake, ctx.org))
          write(`event: request\nid: ${++sent}\ndata: ${JSON.stringify({ id })}\n\n`);
      });
      const heartbeat = setInterval(async () => {
        const still = (await membershipsOf(person.email)).some(({ org }) => org === ctx.org);
        if (still) write(': still here\n\n');
        else end();
      }, heartbeatMilliseconds);
      function end() {
        close();
        controller.close();
      }
      close = () => {
        clearInterval(heartbeat);
        stopListening();
      };
      request.signal.addEventListener('abort', () => close());
      write(`retry: 2000\nevent: hello\ndata: ${JSON.stringify({ now: new Date().toISOString() })}\n\n`);
    },
    cancel: () => close(),
  });
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  };
  return new Response(body, { headers });
}

/** A null wake means something may have been missed; the client takes an id of null as “fetch again”. */
function idsOf(wake: Wake | null, org: string): (string | null)[] {
  if (wake === null) return [null];
  return wake.org === org && wake.topic === 'request' ? wake.ids : [];
}
