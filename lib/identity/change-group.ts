import { appendEvent } from '@/lib/audit/append-event';
import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';

type Membership = { group: string; memberId: string };

/** Puts a member into the group of this slug. Throws `forbidden`, `not_found`; twice is once. */
export async function addGroupMember(ctx: Context, { group, memberId }: Membership): Promise<void> {
  requirePermission(ctx, 'people.write');
  return transact(ctx, async (open) => {
    const groupId = await groupIdOf(open, group);
    const member = await open.db.member.findUnique({
      where: { orgId_id: { orgId: open.org, id: memberId } },
      select: { id: true },
    });
    if (!member) throw new AppError('not_found', 'no such member');
    const key = { orgId: open.org, groupId, memberId };
    const { count } = await open.db.groupMember.createMany({
      data: [{ ...key, addedAt: open.now }],
      skipDuplicates: true,
    });
    if (count === 1) await appendEvent(open, { type: 'group.member_added', ...subject(groupId, memberId) });
  });
}

/** Takes a member out; a vote waiting for this person's right stops counting. Throws `forbidden`, `not_found`. */
export async function removeGroupMember(ctx: Context, { group, memberId }: Membership): Promise<void> {
  requirePermission(ctx, 'people.write');
  return transact(ctx, async (open) => {
    const groupId = await groupIdOf(open, group);
    const { count } = await open.db.groupMember.deleteMany({ where: { orgId: open.org, groupId, memberId } });
    if (count === 0) throw new AppError('not_found', 'no such member of this group');
    await appendEvent(open, { type: 'group.member_removed', ...subject(groupId, memberId) });
  });
}

async function groupIdOf(open: Transaction, slug: string): Promise<string> {
  const group = await open.db.group.findUnique({
    where: { orgId_slug: { orgId: open.org, slug } },
    select: { id: true },
  });
  if (!group) throw new AppError('not_found', `no group ${slug}`);
  return group.id;
}

function subject(groupId: string, memberId: string) {
  return {
    subject: { type: 'group', id: toWire('grp', groupId) },
    detail: { member: toWire('mem', memberId) },
  };
}
