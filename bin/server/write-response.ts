import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Answers of these types are written at once, with their length; all others as they come. */
const WHOLE = /^(application\/(problem\+)?json|text\/plain)\b/;

/** Writes a Web-standard response, at the pace the reader takes it. A reader that leaves cancels the body. */
export async function writeResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  const headers = headersOf(response.headers);
  if (!response.body) return void outgoing.writeHead(response.status, headers).end();
  if (WHOLE.test(response.headers.get('content-type') ?? '')) {
    const body = Buffer.from(await response.arrayBuffer());
    return void outgoing.writeHead(response.status, { ...headers, 'content-length': body.length }).end(body);
  }
  outgoing.writeHead(response.status, headers);
  outgoing.flushHeaders();
  await pump(response.body, outgoing);
}

async function pump(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const leave = () => void reader.cancel().catch(() => undefined);
  outgoing.once('close', leave);
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (outgoing.destroyed) return;
    if (!outgoing.write(part.value)) await Promise.race([once(outgoing, 'drain'), once(outgoing, 'close')]);
  }
  outgoing.off('close', leave);
  outgoing.end();
}

function headersOf(headers: Headers): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = {};
  for (const [name, value] of headers) plain[name] = value;
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) plain['set-cookie'] = cookies;
  return plain;
}
