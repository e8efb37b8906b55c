import { type Context, requirePermission } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { transact } from '@/lib/kernel/transact';
import { judgeEdit } from './judge-again';
import { loadRequest, requestIdOf } from './load-request';
import { slotsOf } from './plan-request';
import { maskReasons, restoreMasked } from './rules/masking';
import type { PreviewBody, PreviewView } from './schema';

/** What an edit would come to if it were made now; writes nothing. Throws `not_found`. */
export async function previewEdit(ctx: Context, wireId: string, body: PreviewBody): Promise<PreviewView> {
  requirePermission(ctx, 'request.decide');
  return transact(ctx, async (open): Promise<PreviewView> => {
    const request = await loadRequest(open, requestIdOf(wireId));
    try {
      const payload = restoreMasked(body.payload, request.payload, request.ask.sensitive ?? []);
      const { verdict } = await judgeEdit(open, request, payload);
      const { outcome, risk, requirements, reasons } = verdict;
      return {
        ok: true,
        outcome,
        risk,
        slots: slotsOf(verdict),
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
