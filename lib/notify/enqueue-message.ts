import type { Transaction } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';

export type Message = { recipient: string; subject: string; text: string; html: string };

/** An e-mail, written in the transaction of its cause and sent after commit by the queue, or not at all. */
export async function enqueueMessage(ctx: Transaction, message: Message): Promise<string> {
  const id = newId();
  await ctx.db.outbox.create({
    data: { orgId: ctx.org, id, channel: 'email', ...message, createdAt: ctx.now },
  });
  await ctx.db
    .$executeRaw`SELECT graphile_worker.enqueue_job('deliver_message', ${JSON.stringify({ org: ctx.org, id })}::json)`;
  return id;
}
