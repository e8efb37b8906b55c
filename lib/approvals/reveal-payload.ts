import { appendEvent } from '@/lib/audit/append-event';
import { type Context, requirePermission } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { transact } from '@/lib/kernel/transact';
import { loadRequest, requestIdOf } from './load-request';
import { requestEvent } from './move-request';
import { mayVote } from './rules/eligibility';
import { loadVoters, votedOn } from './votes';

/** The current payload unmasked, for someone who may decide it or audit it; looking is an event. Throws `forbidden`. */
export async function revealPayload(ctx: Context, wireId: string): Promise<{ payload: JsonValue }> {
  requirePermission(ctx, 'request.read');
  return transact(ctx, async (open) => {
    const request = await loadRequest(open, requestIdOf(wireId));
    const reader = (await loadVoters(open, [open.actor.id], false)).get(open.actor.id);
    const eligible = reader !== undefined && mayVote(reader, await votedOn(open, request)).ok;
    if (!eligible && !open.permissions.has('audit.reveal')) {
      throw new AppError('forbidden', 'masked fields are for those who decide this request');
    }
    await appendEvent(open, {
      ...requestEvent(request, 'audit.revealed'),
      detail: { fields: request.ask.sensitive ?? [] },
    });
    return { payload: request.payload };
  });
}
