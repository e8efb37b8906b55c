import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { transact } from '@/lib/kernel/transact';
import { logOrigin, ownVerifier } from './checkpoint-key';
import { type Checkpoint, openCheckpoint } from './rules/checkpoint';
import type { LeafRange } from './rules/merkle-proof';
import { rangeParts, rangeRoot } from './rules/range-root';
import type { LogState } from './schema';

/** The latest checkpoint of the org's log; `opened` is null where its signature doesn't hold for this log. */
export type Signed = { size: number; root: Uint8Array; signedAt: Date; opened: Checkpoint | null };

/** How far the log is signed, and whether the stored tree still has the signed root. */
export async function showLogState(ctx: Context): Promise<LogState> {
  requirePermission(ctx, 'audit.read');
  return transact(ctx, async (open) => {
    const signed = await latestCheckpoint(open);
    if (!signed) return { size: 0, signedAt: null, problem: null };
    return {
      size: signed.size,
      signedAt: signed.signedAt.toISOString(),
      problem: await treeProblem(open, signed),
    };
  });
}

async function treeProblem(ctx: Transaction, { size, opened }: Signed): Promise<string | null> {
  if (!opened) return 'The signature of the latest checkpoint does not hold';
  const [root] = size === 0 ? [opened.root] : await rangeRoots(ctx, [{ start: 0, end: size }], size);
  if (!root) return 'Parts of the stored tree are missing';
  return opened.root.equals(root) ? null : 'The stored tree has another root than the one that was signed';
}

/** The newest checkpoint by size, its signature checked with our own key; null where nothing is signed yet. */
export async function latestCheckpoint(ctx: Transaction): Promise<Signed | null> {
  const [row] = await ctx.db.$queryRaw<{ size: bigint; root: Uint8Array; note: string; signedAt: Date }[]>`
    SELECT size, root, note, signed_at AS "signedAt" FROM audit_checkpoints
     WHERE org_id = ${ctx.org}::uuid ORDER BY size DESC LIMIT 1`;
  if (!row) return null;
  const size = Number(row.size);
  return { size, root: row.root, signedAt: row.signedAt, opened: openOwn(ctx.org, row.note, size) };
}

function openOwn(org: string, note: string, size: number): Checkpoint | null {
  try {
    const checkpoint = openCheckpoint(note, ownVerifier());
    return checkpoint.origin === logOrigin(org) && checkpoint.size === size ? checkpoint : null;
  } catch {
    return null;
  }
}

/** The roots of stretches of a log of `size` leaves, from stored tiles and seals; undefined where some are missing. */
export async function rangeRoots(
  ctx: Transaction,
  ranges: LeafRange[],
  size: number,
): Promise<(Buffer | undefined)[]> {
  const parts = ranges.map((range) => rangeParts(range, size));
  const places = parts.flat().flatMap(({ tile }) => tile ?? []);
  const singles = parts.flat().flatMap(({ tile, start }) => (tile ? [] : [start]));
  const tiles = await ctx.db.$queryRaw<{ level: number; index: bigint; hashes: Uint8Array }[]>`
    SELECT t.level, t."index", t.hashes FROM audit_tiles t
      JOIN (SELECT DISTINCT * FROM unnest(${places.map(({ level }) => level)}::int[],
                                          ${places.map(({ index }) => index)}::bigint[])) AS p (level, "index")
        ON t.level = p.level AND t."index" = p."index"
     WHERE t.org_id = ${ctx.org}::uuid`;
  const leaves = await ctx.db.$queryRaw<{ sequence: bigint; leaf: Uint8Array }[]>`
    SELECT sequence, leaf FROM audit_seals
     WHERE org_id = ${ctx.org}::uuid AND sequence = ANY(${singles}::bigint[])`;
  const tileAt = new Map(tiles.map((tile) => [`${tile.level}/${tile.index}`, tile.hashes]));
  const leafAt = new Map(leaves.map(({ sequence, leaf }) => [Number(sequence), leaf]));
  return parts.map((own) =>
    rangeRoot(
      own,
      ({ level, index }) => tileAt.get(`${level}/${index}`),
      (sequence) => leafAt.get(sequence),
    ),
  );
}
