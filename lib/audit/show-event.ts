import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { fromWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { Prisma } from '@/prisma/generated/client';
import { eventViews, type ListedEvent } from './event-view';
import { requireOwnSearch } from './find-search';
import { latestCheckpoint, rangeRoots, type Signed } from './log-state';
import { inclusionRanges, verifyInclusion } from './rules/merkle-proof';
import type { EventView, ProofCheck, ProvenEvent } from './schema';
import { listedEvents } from './search-events';

const dayMs = 86_400_000;

/**
 * One event with what proves it, recomputed now: its own soundness, its place in the signed log, the log's signature.
 * `search` names the reader's search. Throws `not_found` and, for a search of someone else, `malformed`.
 */
export async function showEvent(ctx: Context, wireId: string, search: string): Promise<ProvenEvent> {
  requirePermission(ctx, 'audit.read');
  const id = fromWire('evt', wireId);
  if (!id) throw new AppError('not_found', 'no such event');
  return transact(ctx, async (open) => {
    await requireOwnSearch(open, search);
    const [row] = await findEvent(open, id);
    const [event] = row ? await eventViews(open, [row]) : [];
    if (!row || !event) throw new AppError('not_found', 'no such event');
    const signed = await latestCheckpoint(open);
    return {
      event,
      entry: indented(row.entry),
      leaf: hex(row.leaf),
      checks: [ownCheck(event, row), await placeCheck(open, row, signed), signatureCheck(row, signed)],
      checkpoint: signed && {
        size: signed.size,
        root: hex(signed.root),
        signedAt: signed.signedAt.toISOString(),
      },
    };
  });
}

/** Its seal says when a sealed event was; one that waits for its seal lies near the time in its id. */
async function findEvent(ctx: Transaction, id: string): Promise<ListedEvent[]> {
  const [seal] = await ctx.db.$queryRaw<{ at: Date }[]>`
    SELECT event_at AS at FROM audit_seals WHERE org_id = ${ctx.org}::uuid AND event_id = ${id}::uuid`;
  const near = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  const [from, to] = seal ? [seal.at.getTime(), seal.at.getTime()] : [near - dayMs, near + dayMs];
  if (to > 8.64e15) return [];
  return listedEvents(
    ctx,
    Prisma.sql`org_id = ${ctx.org}::uuid AND event_id = ${id}::uuid
      AND at BETWEEN ${new Date(from).toISOString()}::timestamptz AND ${new Date(to).toISOString()}::timestamptz`,
    true,
  );
}

function ownCheck(event: EventView, row: ListedEvent): ProofCheck {
  if (event.problem) return { state: 'fails', title: 'This event was changed', note: event.problem };
  const note = `HMAC-SHA256 under the key of ${row.macKeyId}; entry, leaf and searchable fields agree`;
  return { state: 'holds', title: 'Entry and seal hold', note };
}

async function placeCheck(ctx: Transaction, row: ListedEvent, signed: Signed | null): Promise<ProofCheck> {
  if (row.sequence === null)
    return { state: 'waits', title: 'Not yet sealed', note: 'It gets its number within a second' };
  const index = Number(row.sequence);
  if (!signed || index >= signed.size)
    return { state: 'waits', title: `Sealed as event ${index}`, note: 'The next checkpoint will cover it' };
  const proof = await rangeRoots(ctx, inclusionRanges(index, signed.size), signed.size);
  const known = proof.filter((hash) => hash !== undefined);
  const holds =
    known.length === proof.length && verifyInclusion(row.leaf, index, signed.size, known, signed.root);
  if (!holds)
    return {
      state: 'fails',
      title: 'Not in the signed log',
      note: 'Its leaf does not lead to the signed root',
    };
  const title = `In the log of ${signed.size.toLocaleString('en-GB')} events`;
  return {
    state: 'holds',
    title,
    note: `${known.length} hashes lead to root ${hex(signed.root).slice(0, 12)}…`,
  };
}

function signatureCheck(row: ListedEvent, signed: Signed | null): ProofCheck {
  if (!signed || row.sequence === null || Number(row.sequence) >= signed.size)
    return { state: 'waits', title: 'Not yet under a signature', note: 'Checkpoints follow within a second' };
  const holds = signed.opened?.root.equals(signed.root) ?? false;
  return holds
    ? { state: 'holds', title: 'Root signed', note: `Ed25519, checkpoint of size ${signed.size}` }
    : {
        state: 'fails',
        title: 'The signature does not hold',
        note: 'The checkpoint is not signed for this log',
      };
}

function indented(entry: Uint8Array): string {
  const text = Buffer.from(entry).toString('utf8');
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
