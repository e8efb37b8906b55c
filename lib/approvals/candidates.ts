import type { Transaction } from '@/lib/kernel/context';
import type { Requirement } from '@/lib/policy/schema';
import { mayVote, type VotedOn } from './rules/eligibility';
import { loadVoters } from './votes';

export type Candidates = {
  people: { id: string; name: string; fills: number[] }[];
  groupNames: Map<string, string>;
};

/** People who could fill these requirements right now (at most 200 are looked at), and the groups' names. */
export async function loadCandidates(
  ctx: Transaction,
  asked: VotedOn,
  requirements: readonly Requirement[],
): Promise<Candidates> {
  const slugs = requirements.flatMap(({ from }) =>
    from.startsWith('group:') ? [from.slice('group:'.length)] : [],
  );
  const emails = requirements.flatMap(({ from }) =>
    from.startsWith('user:') ? [from.slice('user:'.length)] : [],
  );
  const groups = await ctx.db.group.findMany({
    where: { orgId: ctx.org, slug: { in: [...slugs, 'approvers'] } },
    select: { slug: true, name: true },
  });
  const people = await ctx.db.member.findMany({
    where: {
      orgId: ctx.org,
      status: 'active',
      role: { not: 'auditor' },
      OR: [
        { email: { in: emails } },
        { id: asked.agentOwnerId },
        { groups: { some: { group: { slug: { in: [...slugs, 'approvers'] } } } } },
      ],
    },
    select: { id: true, name: true },
    orderBy: { name: 'asc' },
    take: 200,
  });
  const voters = await loadVoters(
    ctx,
    people.map((person) => person.id),
    false,
  );
  return {
    groupNames: new Map(groups.map((group) => [group.slug, group.name])),
    people: people.flatMap((person) => {
      const voter = voters.get(person.id);
      const eligibility = voter ? mayVote(voter, asked) : null;
      return eligibility?.ok ? [{ ...person, fills: eligibility.fills }] : [];
    }),
  };
}
