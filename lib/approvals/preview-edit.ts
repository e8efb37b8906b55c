import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { transact } from '@/lib/kernel/transact';
import { judgeEdit } from './judge-again';
import { loadRequest, requestIdOf } from './load-request';
import { slotsOf } from './plan-request';
import type { RequestRow } from './request-row';
import { mayVote } from './rules/eligibility';
import { maskReasons, restoreMasked } from './rules/masking';
import type { PreviewBody, PreviewView } from './schema';
import { loadReader, votedOn } from './votes';

/**
 * What an edit would come to if it were made now, for someone who may vote: its answers tell a masked value from a
 * wrong guess. Writes nothing. Throws `not_found`, `forbidden` with the reason in words.
 */
export async function previewEdit(ctx: Context, wireId: string, body: PreviewBody): Promise<PreviewView> {
  requirePermission(ctx, 'request.decide');
  return transact(ctx, async (open): Promise<PreviewView> => {
    const request = await loadRequest(open, requestIdOf(wireId));
    await requireVoter(open, request);
    try {
      const payload = restoreMasked(body.payload, request.payload, request.ask.sensitive ?? []);
      const { verdict } = await judgeEdit(open, request, payload);
      const { outcome, risk, requirements, reasons } = verdict;
      return {
        ok: true,
        outcome,
        risk,
        slots: slotsOf(verdict),
        needsAnother: verdict.risk === 'high' || verdict.risk === 'critical',
        requirements,
        reasons: maskReasons(reasons, request.ask.sensitive ?? []),
      };
    } catch (error) {
      if (error instanceof AppError && error.code === 'unprocessable')
        return { ok: false, errors: error.details.errors ?? [] };
      throw error;
    }
  });
}

async function requireVoter(ctx: Transaction, request: RequestRow): Promise<void> {
  const reader = await loadReader(ctx);
  if (!reader) throw new AppError('forbidden', 'You are not a member of this organisation.');
  const eligibility = mayVote(reader, await votedOn(ctx, request));
  if (!eligibility.ok) throw new AppError('forbidden', eligibility.reason);
}
