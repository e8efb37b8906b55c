import { appendEvent } from '@/lib/audit/append-event';
import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { newId, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { NewMember } from './schema';

/**
 * A person of the org, known by their address. Throws `forbidden` (also when who is no owner adds an owner), `conflict`
 * when the address is taken.
 */
export async function addMember(ctx: Context, input: NewMember): Promise<{ id: string }> {
  requirePermission(ctx, 'people.write');
  const member = NewMember.parse(input);
  return transact(ctx, async (open) => {
    if (member.role === 'owner') await requireOwner(open);
    const taken = await open.db.member.findUnique({
      where: { orgId_email: { orgId: open.org, email: member.email } },
      select: { id: true },
    });
    if (taken) throw new AppError('conflict', 'someone with this address is a member already');
    const id = newId();
    await open.db.member.create({
      data: { orgId: open.org, id, ...member, status: 'active', createdAt: open.now },
    });
    await appendEvent(open, {
      type: 'member.joined',
      subject: { type: 'member', id: toWire('mem', id) },
      detail: { ...member },
    });
    return { id };
  });
}

async function requireOwner({ db, org, actor }: Transaction): Promise<void> {
  const owner = await db.member.findUnique({
    where: { orgId_id: { orgId: org, id: actor.id }, role: 'owner', status: 'active' },
    select: { id: true },
  });
  if (!owner) throw new AppError('forbidden', 'only an owner adds another owner');
}
