import { appendEvent } from '@/lib/audit/append-event';
import { type Context, requirePermission } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { newId, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { NewAgent } from './schema';

/** A non-human principal with an owner among the members. Throws `forbidden`, `not_found`, `conflict` for a taken name. */
export async function createAgent(ctx: Context, input: NewAgent): Promise<{ id: string }> {
  requirePermission(ctx, 'agent.write');
  const agent = NewAgent.parse(input);
  return transact(ctx, async (open) => {
    const owner = await open.db.member.findUnique({
      where: { orgId_id: { orgId: open.org, id: agent.ownerId } },
      select: { id: true },
    });
    if (!owner) throw new AppError('not_found', 'no such owner');
    const taken = await open.db.agent.findUnique({
      where: { orgId_name: { orgId: open.org, name: agent.name } },
      select: { id: true },
    });
    if (taken) throw new AppError('conflict', `an agent ${agent.name} exists already`);
    const id = newId();
    await open.db.agent.create({ data: { orgId: open.org, id, ...agent, createdAt: open.now } });
    await appendEvent(open, {
      type: 'agent.created',
      subject: { type: 'agent', id: toWire('agt', id) },
      agent: { id },
      detail: { ...agent, ownerId: toWire('mem', agent.ownerId) },
    });
    return { id };
  });
}
