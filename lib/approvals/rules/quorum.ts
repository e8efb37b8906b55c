// Every requirement is filled by distinct people; one person fills one slot even when they fit several.
import type { Requirement } from '@/lib/policy/schema';

/** A live approval and the requirements (by index) that its person could fill. */
export type Approval = { memberId: string; fills: readonly number[] };
export type Quorum = { met: number; slots: number; complete: boolean; filledBy: string[][] };

/**
 * Maximum bipartite matching of people to slots, so two people who each fit either slot never block each other.
 * `filledBy[i]` names who fills requirement i. A person given twice counts once.
 */
export function fillQuorum(requirements: readonly Requirement[], approvals: readonly Approval[]): Quorum {
  const slots = requirements.flatMap((requirement, index) =>
    Array.from({ length: requirement.count }, () => index),
  );
  const people = [...new Map(approvals.map((approval) => [approval.memberId, approval])).values()];
  const holder: (Approval | null)[] = slots.map(() => null);
  for (const person of people) place(person, slots, holder, new Set());
  const filledBy = requirements.map((_, index) =>
    holder.flatMap((person, slot) => (person && slots[slot] === index ? [person.memberId] : [])),
  );
  const met = holder.filter((person) => person !== null).length;
  return { met, slots: slots.length, complete: slots.length > 0 && met === slots.length, filledBy };
}

/** Kuhn's augmenting path: finds this person a slot, moving others to another of theirs where that helps. */
function place(person: Approval, slots: number[], holder: (Approval | null)[], tried: Set<number>): boolean {
  for (const [slot, requirement] of slots.entries()) {
    if (tried.has(slot) || !person.fills.includes(requirement)) continue;
    tried.add(slot);
    const current = holder[slot];
    if (current && !place(current, slots, holder, tried)) continue;
    holder[slot] = person;
    return true;
  }
  return false;
}

/**
 * The quorum that decides: at high and critical risk one of those who fill it must have edited no revision, so while
 * only editors approve, a slot stays open. Others are placed before editors.
 */
export function fillDecision(
  requirements: readonly Requirement[],
  approvals: readonly Approval[],
  { risk, editors }: { risk: string; editors: readonly string[] },
): Quorum {
  if (editors.length === 0 || (risk !== 'high' && risk !== 'critical'))
    return fillQuorum(requirements, approvals);
  const others = approvals.filter((approval) => !editors.includes(approval.memberId));
  const own = approvals.filter((approval) => editors.includes(approval.memberId));
  for (;;) {
    const quorum = fillQuorum(requirements, [...others, ...own]);
    const isWitnessed = quorum.filledBy.flat().some((member) => !editors.includes(member));
    if (!quorum.complete || isWitnessed || own.length === 0) return quorum;
    own.pop();
  }
}
