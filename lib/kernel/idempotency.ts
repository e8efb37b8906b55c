import type { Transaction } from './context';
import { AppError } from './errors';
import type { Settled } from './group-commit';

/** A caller's key for one effect: who, on which route, which key, and the SHA-256 of the canonical body. */
export type IdempotencyClaim = { principal: string; route: string; key: string; fingerprint: Buffer };
/** The bytes of an answer, and whether they were stored by an earlier call. */
export type Answer = { body: string; replayed: boolean };

type Claimant = { claim: IdempotencyClaim | null };
type Stored = { principal: string; route: string; key: string; fingerprint: Uint8Array; body: string | null };

/**
 * Does the work of the items whose key is new (or that have none) and stores each answer in the same transaction as
 * its effect; a repeat, earlier or in this very batch, gets those bytes. Same key with another body is
 * `unprocessable`. A key that another transaction holds is waited for two seconds, then `conflict`. A failed item
 * gives its key back.
 */
export async function answerEachOnce<Item extends Claimant>(
  ctx: Transaction,
  items: readonly Item[],
  work: (fresh: Item[]) => Promise<Settled<string>[]>,
): Promise<Settled<Answer>[]> {
  const firsts = firstOfEachKey(items);
  const stored = await claimKeys(ctx, [...firsts.values()]);
  const isFresh = (item: Item) =>
    !item.claim || (firsts.get(nameOf(item.claim)) === item && !stored.has(nameOf(item.claim)));
  const fresh = items.filter(isFresh);
  const settled = await work(fresh);
  const results = new Map(fresh.map((item, index) => [item, settled[index]]));
  await keepAnswers(ctx, fresh, results);
  return items.map((item) => {
    const own = results.get(item);
    if (own) return own.ok ? { ok: true, value: { body: own.value, replayed: false } } : own;
    if (!item.claim) return { ok: false, error: new Error('an item was left without an answer') };
    const first = firsts.get(nameOf(item.claim));
    const earlier = first && results.get(first);
    if (earlier && !earlier.ok) return earlier;
    return replay(
      item.claim,
      earlier && first?.claim ? { ...first.claim, body: earlier.value } : stored.get(nameOf(item.claim)),
    );
  });
}

function firstOfEachKey<Item extends Claimant>(items: readonly Item[]): Map<string, Item> {
  const firsts = new Map<string, Item>();
  for (const item of items) {
    if (item.claim && !firsts.has(nameOf(item.claim))) firsts.set(nameOf(item.claim), item);
  }
  return firsts;
}

/** Claims in a fixed order, so that two batches never deadlock. Answers with what is stored for keys already taken. */
async function claimKeys(ctx: Transaction, items: readonly Claimant[]): Promise<Map<string, Stored>> {
  const claims = items.flatMap(({ claim }) => claim ?? []).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  if (claims.length === 0) return new Map();
  await ctx.db.$executeRaw`SELECT set_config('lock_timeout', '2s', true)`;
  const claimed = await ctx.db.$queryRaw<Omit<Stored, 'fingerprint' | 'body'>[]>`
    INSERT INTO idempotency (org_id, principal, route, "key", fingerprint, created_at)
    SELECT ${ctx.org}::uuid, p, r, k, f, clock_timestamp()
      FROM unnest(${claims.map((claim) => claim.principal)}::text[], ${claims.map((claim) => claim.route)}::text[],
                  ${claims.map((claim) => claim.key)}::text[], ${claims.map((claim) => claim.fingerprint)}::bytea[])
           WITH ORDINALITY AS given (p, r, k, f, n) ORDER BY n
    ON CONFLICT DO NOTHING RETURNING principal, route, "key"`;
  await ctx.db.$executeRaw`SELECT set_config('lock_timeout', '0', true)`;
  const own = new Set(claimed.map(nameOf));
  const taken = claims.filter((claim) => !own.has(nameOf(claim)));
  if (taken.length === 0) return new Map();
  const rows = await ctx.db.$queryRaw<Stored[]>`
    SELECT principal, route, "key", fingerprint, body FROM idempotency
     WHERE org_id = ${ctx.org}::uuid AND (principal, route, "key") IN (
       SELECT * FROM unnest(${taken.map((claim) => claim.principal)}::text[],
         ${taken.map((claim) => claim.route)}::text[], ${taken.map((claim) => claim.key)}::text[]))`;
  return new Map(rows.map((row) => [nameOf(row), row]));
}

function replay(claim: IdempotencyClaim, stored: Stored | undefined): Settled<Answer> {
  if (!stored || stored.body === null) {
    return { ok: false, error: new AppError('conflict', 'the same call is still running; try again') };
  }
  if (claim.fingerprint.equals(stored.fingerprint))
    return { ok: true, value: { body: stored.body, replayed: true } };
  return {
    ok: false,
    error: new AppError('unprocessable', 'this Idempotency-Key was used with another body'),
  };
}

async function keepAnswers<Item extends Claimant>(
  ctx: Transaction,
  fresh: Item[],
  results: Map<Item, Settled<string> | undefined>,
): Promise<void> {
  const claimed = fresh.flatMap((item) => (item.claim ? [{ ...item.claim, result: results.get(item) }] : []));
  if (claimed.length === 0) return;
  const answered = claimed.flatMap(({ result, ...claim }) =>
    result?.ok ? [{ ...claim, body: result.value }] : [],
  );
  await ctx.db.$executeRaw`
    UPDATE idempotency AS i SET body = given.b
      FROM unnest(${answered.map((answer) => answer.principal)}::text[], ${answered.map((answer) => answer.route)}::text[],
                  ${answered.map((answer) => answer.key)}::text[], ${answered.map((answer) => answer.body)}::text[])
           AS given (p, r, k, b)
     WHERE i.org_id = ${ctx.org}::uuid AND i.principal = given.p AND i.route = given.r AND i."key" = given.k`;
  const failed = claimed.filter(({ result }) => !result?.ok);
  if (failed.length === 0) return;
  await ctx.db.$executeRaw`
    DELETE FROM idempotency WHERE org_id = ${ctx.org}::uuid AND body IS NULL AND (principal, route, "key") IN (
      SELECT * FROM unnest(${failed.map((claim) => claim.principal)}::text[],
        ${failed.map((claim) => claim.route)}::text[], ${failed.map((claim) => claim.key)}::text[]))`;
}

function nameOf({ principal, route, key }: { principal: string; route: string; key: string }): string {
  return `${principal}\n${route}\n${key}`;
}
