import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { nameCaller } from './caller-address';
import { toRequest } from './to-request';
import { writeResponse } from './write-response';

let server: Server | null = null;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A real server around one Web-standard handler; gives its address. */
async function serve(handler: (request: Request) => Promise<Response>): Promise<string> {
  server = createServer(async (incoming, outgoing) => {
    nameCaller(incoming);
    const { request, onClose } = await toRequest(incoming, 'https://desk.test');
    outgoing.once('close', onClose);
    await writeResponse(await handler(request), outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP, so never a string
}

test('Method, path, headers and body arrive as sent, at our own origin', async () => {
  const url = await serve(async (request) =>
    Response.json(
      {
        method: request.method,
        url: request.url,
        key: request.headers.get('authorization'),
        body: await request.text(),
      },
      { status: 201 },
    ),
  );
  const response = await fetch(`${url}/v1/a?b=c`, {
    method: 'POST',
    headers: { authorization: 'Bearer x' },
    body: 'ü',
  });
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({
    method: 'POST',
    url: 'https://desk.test/v1/a?b=c',
    key: 'Bearer x',
    body: 'ü',
  });
});

test('A whole answer carries its length', async () => {
  const url = await serve(async () => Response.json({ a: 'é' }));
  expect((await fetch(url)).headers.get('content-length')).toBe('10');
});

test('A body too long to collect is streamed in whole', async () => {
  const url = await serve(async (request) => Response.json((await request.arrayBuffer()).byteLength));
  const response = await fetch(url, { method: 'POST', body: new Uint8Array(3_000_000) });
  expect(await response.json()).toBe(3_000_000);
});

test('Parts of a stream arrive as they are written, not when it ends', async () => {
  const bytes = new TextEncoder();
  const url = await serve(async () => {
    const body = new ReadableStream({ start: (sink) => sink.enqueue(bytes.encode('data: 1\n\n')) });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  });
  const reader = (await fetch(url)).body?.getReader();
  const part = await reader?.read();
  expect(new TextDecoder().decode(part?.value)).toBe('data: 1\n\n');
  await reader?.cancel();
});

test('A caller that leaves aborts the request', async () => {
  const aborted = new Promise<void>((resolve) => {
    void serve(async (request) => {
      await new Promise<void>((left) => request.signal.addEventListener('abort', () => left()));
      resolve();
      return new Response(null, { status: 204 });
    }).then((url) => {
      const call = httpRequest(url).on('error', () => undefined);
      call.end();
      setTimeout(() => call.destroy(), 50);
    });
  });
  await aborted;
});

test('A method that no web request can carry is still answered, by its headers alone', async () => {
  const url = await serve(
    async (request) => new Response(request.headers.get('x-request-id'), { status: 405 }),
  );
  const answered = await new Promise<IncomingMessage>((resolve) => {
    httpRequest(url, { method: 'TRACE', headers: { 'x-request-id': 'trace-1' } }, resolve).end();
  });
  expect(answered.statusCode).toBe(405);
  expect(await text(answered)).toBe('trace-1');
});

test('Several cookies stay several', async () => {
  const headers = new Headers([
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ]);
  const url = await serve(async () => new Response('ok', { headers }));
  expect((await fetch(url)).headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

test('A caller cannot choose the address that the record keeps', async () => {
  const url = await serve(async (request) => new Response(request.headers.get('x-forwarded-for')));
  const response = await fetch(url, { headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect(await response.text()).toBe('127.0.0.1');
});
