import { Resend } from 'resend';
import type { Context } from '@/lib/kernel/context';
import { env } from '@/lib/kernel/env';
import { transact } from '@/lib/kernel/transact';

/**
 * Sends one queued e-mail through Resend, outside any transaction and under its own id, so that a retry is not a
 * second mail; its body is forgotten once sent. On the demo without a key it stays in the local outbox. Throws to be
 * tried again.
 */
export async function deliverMessage(ctx: Context, id: string): Promise<void> {
  const message = await transact(ctx, (open) =>
    open.db.outbox.findUnique({ where: { orgId_id: { orgId: open.org, id } } }),
  );
  if (!message || message.sentAt || message.text === null) return;
  const { RESEND_API_KEY, MAIL_FROM, embedded } = env();
  if (!RESEND_API_KEY && embedded) return;
  const failure = RESEND_API_KEY
    ? await send(RESEND_API_KEY, MAIL_FROM, message)
    : 'RESEND_API_KEY is not set';
  await transact(ctx, (open) =>
    open.db.outbox.update({
      where: { orgId_id: { orgId: open.org, id } },
      data: failure
        ? { attempts: { increment: 1 }, lastError: failure.slice(0, 500) }
        : { attempts: { increment: 1 }, lastError: null, sentAt: open.now, text: null, html: null },
    }),
  );
  if (failure) throw new Error(`message ${id} was not sent: ${failure}`);
}

type Stored = { id: string; recipient: string; subject: string; text: string | null; html: string | null };

/** What went wrong, or null. */
async function send(
  key: string,
  from: string,
  { id, recipient, subject, text, html }: Stored,
): Promise<string | null> {
  const mail = { from, to: recipient, subject, text: text ?? '', html: html ?? undefined };
  const { error } = await new Resend(key).emails.send(mail, { idempotencyKey: id });
  return error ? error.message : null;
}
