import { appendEvent } from '@/lib/audit/append-event';
import { type Context, requirePermission } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { newId, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { NewGroup } from './schema';

/** A named set of members that policies ask for as `group:<slug>`. Throws `forbidden`, `conflict` for a taken slug. */
export async function createGroup(ctx: Context, input: NewGroup): Promise<{ id: string }> {
  requirePermission(ctx, 'people.write');
  const group = NewGroup.parse(input);
  return transact(ctx, async (open) => {
    const taken = await open.db.group.findUnique({
      where: { orgId_slug: { orgId: open.org, slug: group.slug } },
      select: { id: true },
    });
    if (taken) throw new AppError('conflict', `the group ${group.slug} exists already`);
    const id = newId();
    await open.db.group.create({ data: { orgId: open.org, id, ...group, createdAt: open.now } });
    await appendEvent(open, {
      type: 'group.created',
      subject: { type: 'group', id: toWire('grp', id) },
      detail: { ...group },
    });
    return { id };
  });
}
