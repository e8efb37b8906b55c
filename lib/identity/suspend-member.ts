import { appendEvent } from '@/lib/audit/append-event';
import { type Context, requirePermission } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';

/** Takes a member's access and votes' weight away at once. Throws `forbidden`, `not_found`. */
export async function suspendMember(ctx: Context, memberId: string): Promise<void> {
  requirePermission(ctx, 'people.write');
  return transact(ctx, async (open) => {
    const { count } = await open.db.member.updateMany({
      where: { orgId: open.org, id: memberId, status: 'active', role: { not: 'owner' } },
      data: { status: 'suspended' },
    });
    if (count === 0) throw new AppError('not_found', 'no such active member below owner');
    await appendEvent(open, {
      type: 'member.suspended',
      subject: { type: 'member', id: toWire('mem', memberId) },
    });
  });
}
