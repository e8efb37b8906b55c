import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** Bodies up to this length are collected before the call: one buffer is cheaper than a stream. */
const COLLECTED_BYTES = 256 * 1024;

/** Methods that a Web-standard request refuses to carry (Fetch § 2.2.1). */
const unspeakable = ['CONNECT', 'TRACE', 'TRACK'];

/**
 * The Web-standard request for what arrived. `TRACE` and its like arrive as a GET without a body: no lane has them, so
 * whoever answers reads the headers and says no. `origin` (scheme, host, port) is ours, never the caller's Host header.
 * `onClose` is to be called when the connection closes: it aborts the request's signal.
 */
export async function toRequest(
  incoming: IncomingMessage,
  origin: string,
): Promise<{ request: Request; onClose: () => void }> {
  const abort = new AbortController();
  const given = incoming.method ?? 'GET';
  const method = unspeakable.includes(given) ? 'GET' : given;
  const body = await bodyOf(incoming, method);
  // `duplex` is required for streams and missing from the DOM's type.
  const init: RequestInit & { duplex?: 'half' } = {
    method,
    headers: headersOf(incoming),
    body,
    signal: abort.signal,
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  };
  const request = new Request(origin + pathOf(incoming.url), init);
  return { request, onClose: () => abort.abort() };
}

/** Absolute-form targets (`GET http://other/…`) must not choose the origin. */
function pathOf(url = '/'): string {
  if (url.startsWith('/')) return url;
  const { pathname, search } = new URL(url, 'http://localhost');
  return pathname + search;
}

function headersOf(incoming: IncomingMessage): [string, string][] {
  const { rawHeaders } = incoming;
  const headers: [string, string][] = [];
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  return headers;
}

async function bodyOf(
  incoming: IncomingMessage,
  method: string,
): Promise<Uint8Array<ArrayBuffer> | ReadableStream | null> {
  const { headers } = incoming;
  if (method === 'GET' || method === 'HEAD') return null;
  const length = headers['content-length'];
  if (length === undefined && headers['transfer-encoding'] === undefined) return null;
  if (length !== undefined && Number(length) <= COLLECTED_BYTES) return collect(incoming);
  // Node's own type of web streams lacks the DOM's newest members.
  return Readable.toWeb(incoming) as ReadableStream;
}

function collect(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.once('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    incoming.once('error', reject);
    incoming.once('aborted', () => reject(new Error('the connection closed before the body arrived')));
  });
}
