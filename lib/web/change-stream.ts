import { onWake, type Wake } from '@/lib/kernel/wake';

/** Bytes that may wait for a slow reader, some hundred changes; one further behind is let go and fetches again. */
const mostWaiting = 16_384;

/**
 * Server-sent events with the ids of the org's requests that moved, until the reader leaves, falls far behind, or
 * `stillReads` says no. It is asked at every heartbeat; one that fails is asked again at the next.
 */
export function changeStream(
  org: string,
  stillReads: () => Promise<boolean>,
  left: AbortSignal,
  heartbeatMilliseconds = 25_000,
): ReadableStream<Uint8Array> {
  let stop = () => {};
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const encoder = new TextEncoder();
    let [open, sent] = [true, 0];
    const write = (text: string) => {
      if (!open) return;
      if ((controller.desiredSize ?? 0) <= 0) return end();
      controller.enqueue(encoder.encode(text));
    };
    const end = () => {
      if (open) controller.close();
      stop();
    };
    const stopListening = onWake((wake) => {
      for (const id of idsOf(wake, org))
        write(`event: request\nid: ${++sent}\ndata: ${JSON.stringify({ id })}\n\n`);
    });
    const beat = async () => {
      try {
        if (await stillReads()) write(': still here\n\n');
        else end();
      } catch (error) {
        console.warn(`a reader of the stream could not be checked: ${String(error)}`);
      }
    };
    const heartbeat = setInterval(() => void beat(), heartbeatMilliseconds);
    stop = () => {
      open = false;
      clearInterval(heartbeat);
      stopListening();
    };
    if (left.aborted) return stop();
    left.addEventListener('abort', () => stop(), { once: true });
    write(`retry: 2000\nevent: hello\ndata: ${JSON.stringify({ now: new Date().toISOString() })}\n\n`);
  };
  return new ReadableStream(
    { start, cancel: () => stop() },
    new ByteLengthQueuingStrategy({ highWaterMark: mostWaiting }),
  );
}

/** A null wake means something may have been missed; the client takes an id of null as “fetch again”. */
function idsOf(wake: Wake | null, org: string): (string | null)[] {
  if (wake === null) return [null];
  return wake.org === org && wake.topic === 'request' ? wake.ids : [];
}
