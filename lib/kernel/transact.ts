import { Prisma } from '@/prisma/generated/client';
import type { Context, Transaction } from './context';
import { database } from './database';
import { AppError } from './errors';

const retryable = new Set(['40001', '40P01']);

/**
 * Runs `work` in one transaction scoped to the caller's org by row-level security; joins the transaction that is
 * already open. Retries serialization failures and deadlocks, at most three times; nothing else.
 */
export async function transact<T>(
  ctx: Context | Transaction,
  work: (ctx: Transaction) => Promise<T>,
): Promise<T> {
  if ('db' in ctx) return work(ctx);
  for (let attempt = 1; ; attempt++) {
    try {
      return await database('app').$transaction(
        async (db) => work({ ...ctx, db, now: await enterOrg(db, ctx.org) }),
        { maxWait: 10_000, timeout: 20_000 },
      );
    } catch (error) {
      const state = sqlState(error);
      if (state && retryable.has(state) && attempt < 4) continue;
      throw toAppError(error);
    }
  }
}

/** Row-level security for the rest of the transaction; answers with the database's clock. */
async function enterOrg(db: Prisma.TransactionClient, org: string): Promise<Date> {
  const [row] = await db.$queryRaw<{ now: Date }[]>`
    SELECT set_config('app.org_id', ${org}, true), clock_timestamp()::timestamptz(3) AS now`;
  if (!row) throw new AppError('unavailable', 'the database gave no clock');
  return row.now;
}

/** The database's clock right now: read it again after waiting for a lock. */
export async function databaseNow(ctx: Transaction): Promise<Date> {
  const [row] = await ctx.db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`;
  if (!row) throw new AppError('unavailable', 'the database gave no clock');
  return row.now;
}

/** The SQLSTATE behind a Prisma error, or null. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    if (error.code === 'P2034') return '40001';
    const cause = error.meta?.driverAdapterError as { cause?: { originalCode?: string } } | undefined; // untyped by Prisma
    if (cause?.cause?.originalCode) return cause.cause.originalCode;
    if (typeof error.meta?.code === 'string') return error.meta.code;
  }
  const cause = (error as { cause?: { originalCode?: string } }).cause; // DriverAdapterError carries the SQLSTATE there
  return cause?.originalCode ?? null;
}

/** What the database refused by its own rules (CS0xx, unique keys) is a conflict; a lost database is unavailable. */
function toAppError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const state = sqlState(error);
  if (state?.startsWith('CS'))
    return new AppError('conflict', 'the database refused this change', { cause: state });
  if (state === '22021' || state === '22P05')
    return new AppError('malformed', 'expected text without U+0000');
  if (state === '23505') return new AppError('conflict', 'someone else was first');
  if (state === '55P03') return new AppError('conflict', 'the same call is still running; try again');
  if (state?.startsWith('08') || state?.startsWith('57') || state === '53300') {
    return new AppError('unavailable', 'the database is not reachable; nothing was allowed');
  }
  if (
    error instanceof Prisma.PrismaClientKnownRequestError &&
    ['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028'].includes(error.code)
  ) {
    return new AppError('unavailable', 'the database is not reachable; nothing was allowed');
  }
  return error;
}
