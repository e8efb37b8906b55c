// Nobody decides their own request: not its initiator, nor the agent's owner where no initiator is proven.
import type { Requirement, RiskLevel } from '@/lib/policy/schema';

/** A member as the database has them right now. Groups by slug, with the time they joined each. */
export type Voter = {
  /** Whether their role decides at all; no role gives the right to decide this. */
  mayDecide: boolean;
  id: string;
  email: string;
  status: string;
  groups: readonly { slug: string; addedAt: Date }[];
};

export type VotedOn = {
  risk: RiskLevel;
  openedAt: Date;
  /** The person for whom the agent acts, by e-mail: the key's binding proves it, the agent's word only excludes. */
  initiator: string | null;
  initiatorProven: boolean;
  initiatorIsMember: boolean;
  agentOwnerId: string;
  requirements: readonly Requirement[];
};

export type Eligibility = { ok: true; fills: number[] } | { ok: false; reason: string };

/**
 * Whether this person may vote on this request, and which requirements (by index) their approval could fill.
 * The reason is shown to them as it is. No role gives the right.
 */
export function mayVote(voter: Voter, request: VotedOn): Eligibility {
  if (!voter.mayDecide) return { ok: false, reason: 'Your role reads; it does not decide.' };
  if (voter.status !== 'active') return { ok: false, reason: 'Your membership is suspended.' };
  if (request.initiator !== null && request.initiator.toLowerCase() === voter.email) {
    return { ok: false, reason: 'You asked for this, so someone else decides it.' };
  }
  if (isUnvouchedOwner(voter, request)) {
    return {
      ok: false,
      reason: 'This agent is yours and no one else is proven to have asked, so someone else decides it.',
    };
  }
  const fills = request.requirements.flatMap((_, index) => (fitsSlot(voter, request, index) ? [index] : []));
  if (fills.length > 0) return { ok: true, fills };
  return { ok: false, reason: `This waits for ${request.requirements.map(describe).join(' and ')}.` };
}

function isUnvouchedOwner(voter: Voter, request: VotedOn): boolean {
  if (voter.id !== request.agentOwnerId) return false;
  if (request.initiator !== null && request.initiatorProven && request.initiatorIsMember) return false;
  return !request.requirements.some((requirement) => requirement.from === 'owner');
}

function fitsSlot(voter: Voter, request: VotedOn, index: number): boolean {
  const from = request.requirements[index]?.from ?? '';
  if (from === 'any')
    return request.requirements.some(
      (other, at) => at !== index && other.from !== 'any' && fitsSlot(voter, request, at),
    );
  if (from === 'owner' && voter.id === request.agentOwnerId) return true;
  if (from === `user:${voter.email}`) return true;
  if (from.startsWith('group:') && inGroup(voter, request, from.slice('group:'.length))) return true;
  return inGroup(voter, request, 'approvers') && (from === 'approvers' || poolMayFill(request));
}

/** The approvers pool fills any slot; above medium risk only where the document names nobody else. */
function poolMayFill(request: VotedOn): boolean {
  if (request.risk === 'low' || request.risk === 'medium') return true;
  return request.requirements.every(({ from }) => from === 'approvers' || from === 'any');
}

/** On critical requests a membership must be older than the request. */
function inGroup(voter: Voter, request: VotedOn, slug: string): boolean {
  const membership = voter.groups.find((group) => group.slug === slug);
  return membership !== undefined && (request.risk !== 'critical' || membership.addedAt < request.openedAt);
}

function describe({ from, count }: Requirement): string {
  const who = from.startsWith('group:')
    ? `the group ${from.slice('group:'.length)}`
    : from.replace('user:', '');
  if (from === 'any') return 'another of these people';
  if (from === 'owner') return "the agent's owner";
  return count > 1 ? `${count} of ${who}` : who;
}
