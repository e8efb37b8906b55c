import { Logger, run } from 'graphile-worker';
import { Pool } from 'pg';
import { z } from 'zod';
import { systemContext } from '@/lib/kernel/context';
import { connectionOf } from '@/lib/kernel/database';
import { deliverMessage } from '@/lib/notify/deliver-message';

const DeliverMessage = z.object({ org: z.string(), id: z.string() });

/** Runs queued jobs (transactional, retried with growing pauses). Answers with the way to stop. */
export async function runQueue(): Promise<() => Promise<void>> {
  const pool = new Pool({ ...connectionOf('jobs'), max: 4 });
  // A lost idle connection shows in the next query; without listeners it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const runner = await run({
    pgPool: pool,
    concurrency: 4,
    pollInterval: 1000,
    noHandleSignals: true,
    logger: new Logger(() => (level, message) => {
      if (level === 'error' || level === 'warning') console.warn(`job: ${message}`);
    }),
    taskList: {
      deliver_message: (payload) => {
        const { org, id } = DeliverMessage.parse(payload);
        return deliverMessage(systemContext(org), id);
      },
    },
  });
  return async () => {
    await runner.stop();
    await pool.end();
  };
}
