import { permissionsOfRole } from '@/lib/identity/rules/permissions';
import type { Transaction } from '@/lib/kernel/context';
import type { VoteRow } from './agent-view';
import type { RequestRow } from './request-row';
import { type Eligibility, mayVote, type VotedOn, type Voter } from './rules/eligibility';

type MemberRow = {
  role: string;
  id: string;
  email: string;
  status: string;
  groups: { slug: string; addedAt: Date }[];
};
type StoredVote = { memberId: string; verdict: 'approve' | 'reject'; revision: number; at: Date };

/** What eligibility asks about a request: its agent's owner, and whether its initiator is one of us. */
export async function votedOn(ctx: Transaction, request: RequestRow): Promise<VotedOn> {
  const [row] = await ctx.db.$queryRaw<{ ownerId: string; initiatorIsMember: boolean }[]>`
    SELECT a.owner_id AS "ownerId", EXISTS (
             SELECT 1 FROM members m WHERE m.org_id = a.org_id AND m.status = 'active' AND m.email = lower(${request.initiator ?? ''})
           ) AS "initiatorIsMember"
      FROM agents a WHERE a.org_id = ${ctx.org}::uuid AND a.id = ${request.agentId}::uuid`;
  return {
    risk: request.risk,
    openedAt: request.openedAt,
    initiator: request.initiator,
    initiatorProven: request.initiatorProven,
    initiatorIsMember: row?.initiatorIsMember ?? false,
    agentOwnerId: row?.ownerId ?? '',
    requirements: request.verdict.requirements,
  };
}

/** People as they are right now. `lock` keeps their membership and groups from changing until commit. */
export async function loadVoters(
  ctx: Transaction,
  ids: readonly string[],
  lock: boolean,
): Promise<Map<string, Voter>> {
  if (lock) await lockPeople(ctx, ids);
  const rows = await ctx.db.$queryRaw<MemberRow[]>`
    SELECT m.id, m.email, m.status, m.role, coalesce(json_agg(json_build_object('slug', g.slug, 'addedAt', gm.added_at))
             FILTER (WHERE g.id IS NOT NULL), '[]') AS groups
      FROM members m
      LEFT JOIN group_members gm ON gm.org_id = m.org_id AND gm.member_id = m.id
      LEFT JOIN groups g ON g.org_id = gm.org_id AND g.id = gm.group_id
     WHERE m.org_id = ${ctx.org}::uuid AND m.id = ANY(${[...ids]}::uuid[]) GROUP BY m.id, m.email, m.status, m.role`;
  return new Map(
    rows.map(({ role, ...row }) => {
      const groups = row.groups.map((group) => ({ ...group, addedAt: new Date(group.addedAt) }));
      return [row.id, { ...row, groups, mayDecide: permissionsOfRole(role).has('request.decide') }];
    }),
  );
}

/** The one who reads, as a voter; null for someone whose role does not decide. */
export async function loadReader(ctx: Transaction): Promise<Voter | null> {
  if (!ctx.permissions.has('request.decide')) return null;
  return (await loadVoters(ctx, [ctx.actor.id], false)).get(ctx.actor.id) ?? null;
}

async function lockPeople(ctx: Transaction, ids: readonly string[]): Promise<void> {
  await ctx.db.$queryRaw`SELECT 1 FROM members
    WHERE org_id = ${ctx.org}::uuid AND id = ANY(${[...ids]}::uuid[]) ORDER BY id FOR SHARE`;
  await ctx.db.$queryRaw`SELECT 1 FROM group_members
    WHERE org_id = ${ctx.org}::uuid AND member_id = ANY(${[...ids]}::uuid[]) ORDER BY group_id, member_id FOR SHARE`;
}

/**
 * Votes of all revisions in the order they were cast, each with what its person could fill as they are right now;
 * someone who lost the right fills nothing.
 */
export async function loadVotes(ctx: Transaction, request: RequestRow, lock = false): Promise<VoteRow[]> {
  const votes = await ctx.db.$queryRaw<StoredVote[]>`
    SELECT member_id AS "memberId", verdict, revision, at FROM votes
     WHERE org_id = ${ctx.org}::uuid AND request_id = ${request.id}::uuid ORDER BY at, member_id`;
  if (votes.length === 0) return [];
  const voters = await loadVoters(ctx, [...new Set(votes.map((vote) => vote.memberId))], lock);
  const asked = await votedOn(ctx, request);
  return votes.map((vote) => {
    const voter = voters.get(vote.memberId);
    const eligibility: Eligibility = voter ? mayVote(voter, asked) : { ok: false, reason: '' };
    return { ...vote, fills: eligibility.ok ? eligibility.fills : [] };
  });
}
