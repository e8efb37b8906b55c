import type { Context } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { singleton } from '@/lib/kernel/singleton';
import { transact } from '@/lib/kernel/transact';

type Lease = {
  window: number;
  left: number;
  unleased: number;
  refused: boolean;
  asking: Promise<void> | null;
};
/** So many calls in each window of so many seconds. */
export type Rate = { limit: number; windowSeconds: number };
export type RateStanding = { limit: number; remaining: number; resetSeconds: number };

const blocks = 20;
const largestLimit = 2_000_000_000;

/** Of one API key: 6,000 calls a minute; `RATE_LIMIT_PER_MINUTE` sets another. */
export function keyRate(): Rate {
  const given = Number(process.env.RATE_LIMIT_PER_MINUTE);
  const limit = Number.isInteger(given) && given > 0 ? Math.min(given, largestLimit) : 6000;
  return { limit, windowSeconds: 60 };
}

/** Of all agents of an org together: ten times a key's. */
export function orgRate(): Rate {
  return { limit: Math.min(10 * keyRate().limit, largestLimit), windowSeconds: 60 };
}

/** Of one member's changes at the desk. */
export const memberRate: Rate = { limit: 600, windowSeconds: 60 };

/** Of sign-in mails to one address. */
export const signInMailRate: Rate = { limit: 5, windowSeconds: 900 };

/**
 * Takes one call of this subject's rate in the caller's org. A process leases calls from the database in blocks, so that no call pays
 * for a hot row and N processes share one limit. Throws `rate_limited` with the seconds until the next window.
 */
export async function takeRate(ctx: Context, subject: string, rate: Rate): Promise<RateStanding> {
  const { limit, windowSeconds } = rate;
  const seconds = Date.now() / 1000;
  const window = Math.floor(seconds / windowSeconds);
  const resetSeconds = Math.ceil((window + 1) * windowSeconds - seconds);
  const lease = leaseOf(`${ctx.org} ${subject}`, window, limit);
  while (lease.left <= 0 && !lease.refused) {
    lease.asking ??= renew(ctx, subject, rate, lease).finally(() => {
      lease.asking = null;
    });
    await lease.asking;
  }
  if (lease.left <= 0) {
    throw new AppError('rate_limited', `more than ${limit} calls in ${windowSeconds} seconds`, {
      retryAfterSeconds: resetSeconds,
    });
  }
  lease.left -= 1;
  return { limit, remaining: lease.left + lease.unleased, resetSeconds };
}

function leaseOf(name: string, window: number, limit: number): Lease {
  const leases = singleton('api.leases', () => new Map<string, Lease>());
  const known = leases.get(name);
  if (known && known.window === window) return known;
  if (leases.size > 10_000) leases.clear();
  const fresh: Lease = { window, left: 0, unleased: limit, refused: false, asking: null };
  leases.set(name, fresh);
  return fresh;
}

async function renew(ctx: Context, subject: string, rate: Rate, lease: Lease): Promise<void> {
  const { limit, windowSeconds } = rate;
  const block = Math.max(1, Math.ceil(limit / blocks));
  const startAt = new Date(lease.window * windowSeconds * 1000).toISOString();
  const used = await transact(ctx, async (open) => {
    const rows = await open.db.$queryRaw<{ used: number }[]>`
      INSERT INTO rate_windows AS w (org_id, subject, start_at, used) VALUES (${open.org}::uuid, ${subject}, ${startAt}::timestamptz, ${block}::int)
      ON CONFLICT (org_id, subject, start_at) DO UPDATE SET used = w.used + ${block}::int WHERE w.used + ${block}::int <= ${limit}::int
      RETURNING used`;
    return rows[0]?.used ?? null;
  });
  if (used !== null) lease.left += block;
  // What other processes have leased meanwhile is known only here.
  lease.unleased = used === null ? 0 : Math.max(0, limit - used);
  lease.refused = used === null;
}
