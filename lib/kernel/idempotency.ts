import type { Transaction } from './context';
import { AppError } from './errors';

/** A caller's key for one effect: who, on which route, which key, and the SHA-256 of the canonical body. */
export type IdempotencyClaim = { principal: string; route: string; key: string; fingerprint: Buffer };
export type StoredAnswer = { status: number; body: string };

type Row = {
  principal: string;
  route: string;
  key: string;
  fingerprint: Uint8Array;
  status: number;
  body: string;
};

/**
 * Claims keys in this transaction, in a fixed order so that two batches never deadlock. Answers, by claim, with
 * null where the key is new (the caller owns it until commit), else what was stored. A key that another transaction
 * holds is waited for; `conflict` after two seconds.
 */
export async function claimKeys(
  ctx: Transaction,
  claims: readonly IdempotencyClaim[],
): Promise<(StoredAnswer | AppError | null)[]> {
  if (claims.length === 0) return [];
  const sorted = [...claims].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  await ctx.db.$executeRaw`SELECT set_config('lock_timeout', '2s', true)`;
  const claimed = await ctx.db.$queryRaw<{ principal: string; route: string; key: string }[]>`
    INSERT INTO idempotency (org_id, principal, route, "key", fingerprint, status, body, created_at)
    SELECT ${ctx.org}::uuid, p, r, k, f, 0, '', clock_timestamp()
      FROM unnest(${sorted.map((claim) => claim.principal)}::text[], ${sorted.map((claim) => claim.route)}::text[],
                  ${sorted.map((claim) => claim.key)}::text[], ${sorted.map((claim) => claim.fingerprint)}::bytea[])
           WITH ORDINALITY AS given (p, r, k, f, n) ORDER BY n
    ON CONFLICT DO NOTHING RETURNING principal, route, "key"`;
  await ctx.db.$executeRaw`SELECT set_config('lock_timeout', '0', true)`;
  const own = new Set(claimed.map(nameOf));
  const taken = claims.filter((claim) => !own.has(nameOf(claim)));
  const stored = await storedAnswers(ctx, taken);
  return claims.map((claim) => (own.has(nameOf(claim)) ? null : answerFor(claim, stored.get(nameOf(claim)))));
}

async function storedAnswers(
  ctx: Transaction,
  claims: readonly IdempotencyClaim[],
): Promise<Map<string, Row>> {
  if (claims.length === 0) return new Map();
  const rows = await ctx.db.$queryRaw<Row[]>`
    SELECT principal, route, "key", fingerprint, status, body FROM idempotency
     WHERE org_id = ${ctx.org}::uuid AND (principal, route, "key") IN (
       SELECT * FROM unnest(${claims.map((claim) => claim.principal)}::text[],
         ${claims.map((claim) => claim.route)}::text[], ${claims.map((claim) => claim.key)}::text[]))`;
  return new Map(rows.map((row) => [nameOf(row), row]));
}

/** Same body → the stored answer; another body under the same key → `unprocessable`. */
export function answerFor(
  claim: IdempotencyClaim,
  row: { fingerprint: Uint8Array; status: number; body: string } | undefined,
): StoredAnswer | AppError {
  if (!row || row.status === 0) return new AppError('conflict', 'the same call is still running; try again');
  if (!claim.fingerprint.equals(row.fingerprint)) {
    return new AppError('unprocessable', 'this Idempotency-Key was used with another body');
  }
  return { status: row.status, body: row.body };
}

/** Stores the answers of owned keys, in the transaction of their effects. */
export async function storeAnswers(
  ctx: Transaction,
  answers: readonly (IdempotencyClaim & StoredAnswer)[],
): Promise<void> {
  if (answers.length === 0) return;
  await ctx.db.$executeRaw`
    UPDATE idempotency AS i SET status = given.s, body = given.b
      FROM unnest(${answers.map((answer) => answer.principal)}::text[], ${answers.map((answer) => answer.route)}::text[],
                  ${answers.map((answer) => answer.key)}::text[], ${answers.map((answer) => answer.status)}::int[],
                  ${answers.map((answer) => answer.body)}::text[]) AS given (p, r, k, s, b)
     WHERE i.org_id = ${ctx.org}::uuid AND i.principal = given.p AND i.route = given.r AND i."key" = given.k`;
}

/** Gives owned keys back: their effect failed, so they may be tried again. */
export async function releaseKeys(ctx: Transaction, claims: readonly IdempotencyClaim[]): Promise<void> {
  if (claims.length === 0) return;
  await ctx.db.$executeRaw`
    DELETE FROM idempotency WHERE org_id = ${ctx.org}::uuid AND status = 0 AND (principal, route, "key") IN (
      SELECT * FROM unnest(${claims.map((claim) => claim.principal)}::text[],
        ${claims.map((claim) => claim.route)}::text[], ${claims.map((claim) => claim.key)}::text[]))`;
}

function nameOf({ principal, route, key }: { principal: string; route: string; key: string }): string {
  return `${principal}\n${route}\n${key}`;
}
