import { appendEvent } from '@/lib/audit/append-event';
import { systemContext } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { newId, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { NewOrg } from './schema';

/** Of the advisory lock under which the first org is made. */
const setupLock = 7_210_011;

/**
 * The first org of an empty database, its built-in approvers group, and its owner. Throws `conflict` when an org
 * exists already; two at once make one.
 */
export async function createFirstOrg(
  requestId: string,
  input: NewOrg,
): Promise<{ org: string; ownerId: string }> {
  const { org: orgName, name, email } = NewOrg.parse(input);
  const ctx = { ...systemContext(newId(), 'setup'), requestId };
  return transact(ctx, async (open) => {
    await open.db.$executeRaw`SELECT pg_advisory_xact_lock(${setupLock}::bigint)`;
    const [found] = await open.db.$queryRaw<{ exists: boolean }[]>`SELECT any_org() AS exists`;
    if (found?.exists) throw new AppError('conflict', 'this installation is set up already');
    await open.db.org.create({ data: { id: open.org, name: orgName, createdAt: open.now } });
    const ownerId = newId();
    await open.db.member.create({
      data: {
        orgId: open.org,
        id: ownerId,
        email,
        name,
        role: 'owner',
        status: 'active',
        createdAt: open.now,
      },
    });
    await open.db.group.create({
      data: { orgId: open.org, id: newId(), slug: 'approvers', name: 'Approvers', createdAt: open.now },
    });
    await appendEvent(open, {
      type: 'org.created',
      subject: { type: 'org', id: toWire('org', open.org) },
      detail: { name: orgName, owner: toWire('mem', ownerId) },
    });
    return { org: open.org, ownerId };
  });
}
