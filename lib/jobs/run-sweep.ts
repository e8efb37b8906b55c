import { breachRequest } from '@/lib/approvals/breach-request';
import { expireRequest } from '@/lib/approvals/expire-request';
import { type Context, systemContext } from '@/lib/kernel/context';
import { database } from '@/lib/kernel/database';

const everyMilliseconds = 250;
const tidyEveryMilliseconds = 3_600_000;
const largestPass = 200;

type Due = { orgId: string; id: string };

/**
 * Writes down, within about a second, what the clock has made true: breaches and expiries; and tidies hourly.
 * Truth never waits for it. Any number may run: each effect happens once, under the request's lock.
 */
export function runSweep(): () => Promise<void> {
  let stopped = false;
  let tidiedAt = 0;
  const running = (async () => {
    while (!stopped) {
      try {
        await sweepOnce();
        if (Date.now() - tidiedAt > tidyEveryMilliseconds) await tidy();
        if (Date.now() - tidiedAt > tidyEveryMilliseconds) tidiedAt = Date.now();
      } catch (error) {
        if (!stopped) console.warn(`sweeping failed and is tried again: ${String(error)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, everyMilliseconds));
    }
  })();
  return async () => {
    stopped = true;
    await running;
  };
}

/** One pass; expiry first, because what is closed no longer breaches. */
export async function sweepOnce(): Promise<void> {
  const db = database('sweep');
  const expired = await db.$queryRaw<Due[]>`
    SELECT org_id AS "orgId", id FROM requests
     WHERE status = 'pending' AND expires_at <= clock_timestamp() ORDER BY expires_at LIMIT ${largestPass}`;
  for (const due of expired) await one(due, expireRequest);
  const breached = await db.$queryRaw<Due[]>`
    SELECT org_id AS "orgId", id FROM requests
     WHERE status = 'pending' AND breached_at IS NULL AND due_at <= clock_timestamp() ORDER BY due_at LIMIT ${largestPass}`;
  for (const due of breached) await one(due, breachRequest);
}

async function one({ orgId, id }: Due, verb: (ctx: Context, id: string) => Promise<boolean>): Promise<void> {
  try {
    await verb(systemContext(orgId), id);
  } catch (error) {
    console.warn(`request ${id} could not be moved by the clock: ${String(error)}`);
  }
}

async function tidy(): Promise<void> {
  const db = database('sweep');
  await db.$queryRaw`SELECT ensure_audit_months(3)::text`;
  await db.$executeRaw`DELETE FROM idempotency WHERE created_at < clock_timestamp() - interval '72 hours'`;
  await db.$executeRaw`DELETE FROM rate_windows WHERE start_at < clock_timestamp() - interval '1 hour'`;
  const auth = database('auth');
  await auth.session.deleteMany({ where: { expires: { lt: new Date() } } });
  await auth.verificationToken.deleteMany({ where: { expires: { lt: new Date() } } });
}
