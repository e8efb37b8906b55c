import { appendEvent } from '@/lib/audit/append-event';
import { type Context, requirePermission } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { notifyWake } from '@/lib/kernel/wake';

/** Ends a key at once, in every process. Throws `forbidden`, `not_found` for one that is no more. */
export async function revokeApiKey(ctx: Context, keyId: string): Promise<void> {
  requirePermission(ctx, 'agent.write');
  return transact(ctx, async (open) => {
    const { count } = await open.db.apiKey.updateMany({
      where: { orgId: open.org, id: keyId, revokedAt: null },
      data: { revokedAt: open.now },
    });
    if (count === 0) throw new AppError('not_found', 'no such live key');
    await appendEvent(open, { type: 'key.revoked', subject: { type: 'key', id: toWire('key', keyId) } });
    await notifyWake(open, [{ org: open.org, topic: 'key', ids: [keyId] }]);
  });
}
