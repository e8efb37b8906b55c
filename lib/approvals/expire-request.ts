import { type Context, systemContext, type Transaction } from '@/lib/kernel/context';
import { withLockedRequest } from './load-request';
import { moveRequest } from './move-request';
import { statusAt } from './rules/lifecycle';

/**
 * Writes down an expiry that is already true by the database's clock; nothing where it is not, or was written
 * before. The clock is the actor, whoever came upon it.
 */
export function expireRequest(ctx: Context | Transaction, id: string): Promise<boolean> {
  return withLockedRequest(ctx, id, async (locked, request) => {
    if (request.status !== 'pending' || statusAt(request, locked.now) !== 'expired') return false;
    await moveRequest(byClock(locked), request, 'expire');
    return true;
  });
}

/** The same transaction with the clock as the one who acts. */
export function byClock<Ctx extends Context>(ctx: Ctx): Ctx {
  return { ...ctx, actor: systemContext(ctx.org).actor, origin: undefined };
}
