import { appendEvent } from '@/lib/audit/append-event';
import type { Context } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { transact } from '@/lib/kernel/transact';
import { loadRequest, requestIdOf } from './load-request';
import { requestEvent } from './move-request';

/** Says in the record that someone tried to decide and was refused; the refused attempt itself was rolled back. */
export async function recordRefusal(ctx: Context, wireId: string, reason: string): Promise<void> {
  await transact(ctx, async (open) => {
    const request = await loadRequest(open, requestIdOf(wireId)).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found') return null;
      throw error;
    });
    if (request)
      await appendEvent(open, { ...requestEvent(request, 'approval.refused'), detail: { reason } });
  });
}
