import type { Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';

/**
 * A key is believed for up to a second by its process, and a call may wait for a minute: what an agent is told is
 * told under a key that stands now. Throws `unauthorized` for a revoked key, `forbidden` for who is no agent.
 */
export async function requireLiveKey({ db, org, actor }: Transaction): Promise<void> {
  if (actor.kind !== 'agent') throw new AppError('forbidden', 'only an agent may call this');
  const key = await db.apiKey.findUnique({
    where: { orgId_id: { orgId: org, id: actor.keyId }, agentId: actor.id, revokedAt: null },
    select: { id: true },
  });
  if (!key) throw new AppError('unauthorized', 'this key is revoked');
}
