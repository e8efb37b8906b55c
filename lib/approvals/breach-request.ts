import { appendEvent } from '@/lib/audit/append-event';
import type { Context } from '@/lib/kernel/context';
import { notifyWake } from '@/lib/kernel/wake';
import { byClock } from './expire-request';
import { withLockedRequest } from './load-request';
import { moveRequest, requestEvent, wakeOf } from './move-request';
import { statusAt } from './rules/lifecycle';

/**
 * The time to respond has passed: one `approval.sla_breach`, once, then what the document says: reject, or hold
 * (it stays pending until it expires). Never approves.
 */
export function breachRequest(ctx: Context, id: string): Promise<boolean> {
  return withLockedRequest(ctx, id, async (locked, request) => {
    const due = request.dueAt !== null && locked.now >= request.dueAt && request.breachedAt === null;
    if (!due || statusAt(request, locked.now) !== 'pending') return false;
    const clock = byClock(locked);
    await clock.db.request.update({
      where: { orgId_id: { orgId: clock.org, id } },
      data: { breachedAt: clock.now, version: request.version + 1 },
    });
    const elapsedSeconds = Math.round((clock.now.getTime() - request.openedAt.getTime()) / 1000);
    await appendEvent(clock, { ...requestEvent(request, 'approval.sla_breach'), detail: { elapsedSeconds } });
    const breached = { ...request, breachedAt: clock.now, version: request.version + 1 };
    if (request.verdict.onBreach === 'reject') {
      await moveRequest(clock, breached, 'reject', {
        feedback: 'Nobody decided in time, so policy rejected it.',
      });
    } else {
      await appendEvent(clock, requestEvent(request, 'approval.held'));
      await notifyWake(clock, [wakeOf(clock, request)]);
    }
    return true;
  });
}
