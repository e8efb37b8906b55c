import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { agentLane } from '@/lib/api/agent-lane';
import { startProcess } from '@/lib/jobs/start-process';
import { nameCaller } from '../server/caller-address';
import { toRequest } from '../server/to-request';
import { untilStopped } from '../server/until-stopped';
import { writeResponse } from '../server/write-response';

const bare = JSON.stringify({ decision: 'allow', status: 'allowed' });

/** The web process without its pages: the agents' lane, the worker, and a bare JSON answer at `/bare` as the limit. */
export async function serveAgents(port: number): Promise<void> {
  const origin = `http://127.0.0.1:${port}`;
  const running = await startProcess({ worker: true });
  const server = createServer({ keepAliveTimeout: 65_000 }, async (incoming, outgoing) => {
    nameCaller(incoming);
    const pathname = incoming.url?.split('?')[0] ?? '/';
    if (pathname === '/bare') {
      const headers = { 'content-type': 'application/json', 'content-length': bare.length };
      return void incoming.resume().once('end', () => outgoing.writeHead(200, headers).end(bare));
    }
    const lane = agentLane(incoming.method ?? 'GET', pathname);
    if (!lane) return void outgoing.writeHead(404).end();
    const { request, onClose } = await toRequest(incoming, origin);
    outgoing.once('close', onClose);
    await writeResponse(await lane(request), outgoing);
  });
  server.listen(port, '127.0.0.1', () => process.send?.('ready'));
  await untilStopped();
  server.closeAllConnections();
  await running.stop();
  process.exit(0);
}

/** Starts `serveAgents` in a process of its own, by running this same program with `--serve`. */
export function startAgentServer(): Promise<{ stop: () => Promise<void> }> {
  const child = fork(process.argv[1] ?? '', ['--serve'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.once('message', () =>
      resolve({
        stop: () => {
          child.kill('SIGTERM');
          return ended;
        },
      }),
    );
  });
}
