// A request opens as allowed, denied or pending; only a pending one moves, and every state it moves to is final.
import type { Outcome } from '@/lib/policy/schema';
import type { Execution, RequestStatus } from '../schema';

type Move = 'approve' | 'reject' | 'expire' | 'cancel' | 'supersede';

const moves: Record<RequestStatus, Partial<Record<Move, RequestStatus>>> = {
  pending: {
    approve: 'approved',
    reject: 'rejected',
    expire: 'expired',
    cancel: 'cancelled',
    supersede: 'superseded',
  },
  allowed: {},
  denied: {},
  approved: {},
  rejected: {},
  expired: {},
  cancelled: {},
  superseded: {},
};

const executions: Record<Execution, readonly Execution[]> = {
  none: ['redeemed'],
  redeemed: ['succeeded', 'failed'],
  succeeded: [],
  failed: [],
};

/** Where a move leads from here; null where the table has no such move. */
export function nextStatus(from: RequestStatus, move: Move): RequestStatus | null {
  return moves[from][move] ?? null;
}

export function mayExecute(from: Execution, to: Execution): boolean {
  return executions[from].includes(to);
}

/** The state a verdict opens a request in. An outcome without a state of its own is denied. */
export function openingStatus(outcome: Outcome): RequestStatus {
  if (outcome === 'allow') return 'allowed';
  return outcome === 'require_approval' ? 'pending' : 'denied';
}

/** The state that is true at `now`, whether or not any worker has written it yet. */
export function statusAt(
  request: { status: RequestStatus; expiresAt: Date | null },
  now: Date,
): RequestStatus {
  const lapsed = request.status === 'pending' && request.expiresAt !== null && now >= request.expiresAt;
  return lapsed ? 'expired' : request.status;
}

/** Whether the action may (still) be executed: permitted, not lapsed, not executed yet. */
export function mayRedeem(
  request: { status: RequestStatus; execution: Execution; validUntil: Date | null },
  now: Date,
): boolean {
  const permitted = request.status === 'allowed' || request.status === 'approved';
  return permitted && request.execution === 'none' && request.validUntil !== null && now < request.validUntil;
}

/** How long an approval stays good for execution. */
export const validForSeconds = 24 * 3600;
