import { startProcess } from '@/lib/jobs/start-process';
import { untilStopped } from './server/until-stopped';

void main();

/** The jobs without the web: run beside servers that are started with WORKER=off. */
async function main(): Promise<void> {
  const running = await startProcess({ worker: true });
  process.stdout.write('The worker is running. Stop it with Ctrl-C.\n');
  process.send?.('ready');
  await untilStopped();
  await running.stop();
  process.exit(0);
}
