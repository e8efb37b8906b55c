import { connect, type Socket } from 'node:net';

export type Load = { rate: number; p50: number; p99: number };
export type Answer = { status: number; body: string };
export type Connection = { call: (request: Buffer) => Promise<Answer>; close: () => void };

/** One keep-alive connection that sends finished bytes and reads one answer after the other: cheap, to load the server alone. */
export function openConnection(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => resolve(connectionOf(socket)));
  });
}

function connectionOf(socket: Socket): Connection {
  let held: Buffer = Buffer.alloc(0);
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const answer = readAnswer(held);
    if (!answer) return;
    held = Buffer.alloc(0);
    waiting?.resolve(answer);
  });
  socket.on('close', () => waiting?.reject(new Error('the server closed the connection')));
  return {
    call: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => {
      waiting = null;
      socket.destroy();
    },
  };
}

/** One whole answer with a content-length; null while more is to come. */
function readAnswer(bytes: Buffer): Answer | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end);
  const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  if (bytes.length < end + 4 + Number(length)) return null;
  return {
    status: Number(head.slice(9, 12)),
    body: bytes.toString('utf8', end + 4, end + 4 + Number(length)),
  };
}

/** The bytes of an HTTP/1.1 request. */
export function requestBytes(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Buffer {
  const length = Buffer.byteLength(body);
  const all = {
    host: '127.0.0.1',
    ...headers,
    ...(body && { 'content-type': 'application/json', 'content-length': String(length) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

/** `clients` connections that each send the next request as soon as the last is answered. Throws unless all are 200. */
export async function httpLoad(
  port: number,
  clients: number,
  seconds: number,
  next: () => Buffer,
): Promise<Load> {
  const connections = await Promise.all(Array.from({ length: clients }, () => openConnection(port)));
  const run = (forSeconds: number) =>
    closedLoop(connections.length, forSeconds, async (client) => {
      const answer = await connections[client]?.call(next());
      if (answer?.status !== 200)
        throw new Error(`expected 200, found ${answer?.status}: ${answer?.body.slice(0, 300)}`);
    });
  await run(1);
  const load = await run(seconds);
  for (const connection of connections) connection.close();
  return load;
}

/** Calls `work` from `callers` at once, each again as soon as it is done; latencies in milliseconds. */
export async function closedLoop(
  callers: number,
  seconds: number,
  work: (caller: number) => Promise<void>,
): Promise<Load> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  const caller = async (_: unknown, index: number) => {
    for (let from = performance.now(); from < until; ) {
      await work(index);
      const to = performance.now();
      latencies.push(to - from);
      from = to;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { rate: (latencies.length * 1000) / (performance.now() - startedAt), ...percentiles(latencies) };
}

export function percentiles(values: number[]): { p50: number; p99: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}
