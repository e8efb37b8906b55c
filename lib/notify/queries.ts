import { type Context, requirePermission } from '@/lib/kernel/context';
import { env } from '@/lib/kernel/env';
import { AppError } from '@/lib/kernel/errors';
import { toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';

export type OutboxItem = {
  id: string;
  to: string;
  subject: string;
  text: string | null;
  createdAt: string;
  sentAt: string | null;
};

/** The last 100 e-mails of the org, newest first. The demo's alone: elsewhere it does not exist (`not_found`). */
export async function listOutbox(ctx: Context): Promise<OutboxItem[]> {
  requirePermission(ctx, 'people.read');
  if (!env().embedded) throw new AppError('not_found', 'no such page');
  return transact(ctx, async (open) => {
    const rows = await open.db.outbox.findMany({
      where: { orgId: open.org },
      select: { id: true, recipient: true, subject: true, text: true, createdAt: true, sentAt: true },
      orderBy: { createdAt: 'desc' },
      take: 100,
    });
    return rows.map(({ recipient, ...row }) => ({
      ...row,
      id: toWire('msg', row.id),
      to: recipient,
      createdAt: row.createdAt.toISOString(),
      sentAt: row.sentAt?.toISOString() ?? null,
    }));
  });
}
