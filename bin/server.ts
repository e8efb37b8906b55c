import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import next from 'next';
import { agentLane } from '@/lib/api/agent-lane';
import { readiness } from '@/lib/api/readiness';
import { startProcess } from '@/lib/jobs/start-process';
import { nameCaller } from './server/caller-address';
import { toRequest } from './server/to-request';
import { untilStopped } from './server/until-stopped';
import { writeResponse } from './server/write-response';

const host = process.env.HOST ?? '127.0.0.1';
const port = Number(process.env.PORT ?? 3000);
const origin = process.env.COUNTERSIGN_URL ?? `http://${host}:${port}`;
const isDevelopment = process.env.NODE_ENV === 'development';

void main();

/** The web process: agents' hot paths are answered here, everything else by Next. Same handlers either way. */
async function main(): Promise<void> {
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 60_000 });
  const running = await startProcess({ worker: process.env.WORKER !== 'off' });
  const pages = next({ dev: isDevelopment, dir: process.cwd(), hostname: host, port, httpServer: server });
  await pages.prepare();
  const answerPage = pages.getRequestHandler();
  server.on('request', (incoming, outgoing) => void answer(incoming, outgoing, answerPage));
  await listen(server);
  process.send?.('ready');
  await untilStopped();
  await close(server);
  await running.stop();
  await pages.close();
  process.exit(0);
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answerPage: ReturnType<ReturnType<typeof next>['getRequestHandler']>,
): Promise<void> {
  try {
    nameCaller(incoming);
    const url = incoming.url ?? '/';
    const cut = url.indexOf('?');
    const pathname = cut === -1 ? url : url.slice(0, cut);
    if (pathname === '/healthz') return void outgoing.setHeader('content-type', 'text/plain').end('ok');
    if (pathname === '/readyz') return await answerReadiness(outgoing);
    // While developing, Next answers everything, so that a saved file counts at once.
    const lane = isDevelopment ? null : agentLane(incoming.method ?? 'GET', pathname);
    if (!lane) return await answerPage(incoming, outgoing);
    const { request, onClose } = await toRequest(incoming, origin);
    outgoing.once('close', onClose);
    await writeResponse(await lane(request), outgoing);
  } catch (error) {
    fail(error, outgoing);
  }
}

async function answerReadiness(outgoing: ServerResponse): Promise<void> {
  const { ready, detail } = await readiness();
  outgoing.writeHead(ready ? 200 : 503, { 'content-type': 'text/plain' }).end(detail);
}

/** The doors answer failures themselves: what arrives here is a lost connection or a defect. */
function fail(error: unknown, outgoing: ServerResponse): void {
  if (outgoing.destroyed) return;
  console.error(error);
  if (outgoing.headersSent) return void outgoing.destroy();
  const problem = { type: 'about:blank', title: 'Internal error', status: 500 };
  outgoing.writeHead(500, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const sentence = taken
        ? `Port ${port} is taken: stop what listens there, or choose another, such as PORT=${port + 1} npm start.`
        : `Can't listen on ${host}:${port} (${error.code}): choose another PORT or HOST.`;
      process.stderr.write(`${sentence}\n`);
      process.exit(1);
    });
    server.listen(port, host, resolve);
  });
}

/** Accepts nothing new and lets what is in flight finish, for at most five seconds. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const insist = setTimeout(() => server.closeAllConnections(), 5000);
    server.close(() => {
      clearTimeout(insist);
      resolve();
    });
    server.closeIdleConnections();
  });
}
