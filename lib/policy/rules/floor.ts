import { LONGEST_SECONDS } from '../document';
import type { Outcome, Requirement, RiskLevel } from '../schema';
import type { Terms } from './join';

// A critical request never auto-approves.

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

/** Time to respond where no document says one. */
const SLA_SECONDS: Record<RiskLevel, number> = {
  low: DAY,
  medium: 4 * HOUR,
  high: HOUR,
  critical: HOUR / 2,
};

export const FLOOR_TEXT = 'A critical request never auto-approves, and two people decide it.';

/**
 * The terms below which no document can go: critical needs a person, and two unless the documents name more; whatever
 * waits for people has a time to respond and an end, at most seven days away. Terms of other outcomes come back empty.
 */
export function applyFloor(terms: Terms): Terms {
  const outcome = terms.risk === 'critical' && terms.outcome === 'allow' ? 'require_approval' : terms.outcome;
  if (!needsPeople(outcome)) return withoutPeople(outcome, terms.risk);
  const sla = terms.slaSeconds ?? SLA_SECONDS[terms.risk];
  const expires = Math.min(terms.expiresSeconds ?? Math.max(DAY, sla), LONGEST_SECONDS);
  return {
    outcome,
    risk: terms.risk,
    requirements: enoughPeople(terms.requirements, terms.risk),
    slaSeconds: Math.min(sla, expires),
    expiresSeconds: expires,
    onBreach: terms.onBreach ?? 'hold',
    editable: terms.editable,
  };
}

/** True where the floor itself, not a document, asked for somebody: the verdict then gives the floor as a reason. */
export function floorRaised(before: Terms, after: Terms): boolean {
  return before.outcome !== after.outcome || after.requirements.some(({ from }) => from === 'any');
}

export function needsPeople(outcome: Outcome): boolean {
  return outcome === 'require_approval' || outcome === 'require_step_up';
}

/** Requirements are filled by distinct people, so their counts add up to people. `any` is the floor's own slot. */
export function enoughPeople(requirements: readonly Requirement[], risk: RiskLevel): Requirement[] {
  const named = requirements.filter(({ from }) => from !== 'any');
  const asked = named.length > 0 ? named : [{ from: 'approvers', count: 1 }];
  const people = asked.reduce((sum, { count }) => sum + count, 0);
  return risk === 'critical' && people < 2 ? [...asked, { from: 'any', count: 2 - people }] : asked;
}

/** Spelled out: spreading a constant here costs ten times the rest of a decision. */
function withoutPeople(outcome: Outcome, risk: RiskLevel): Terms {
  return {
    outcome,
    risk,
    requirements: NOBODY,
    slaSeconds: null,
    expiresSeconds: null,
    onBreach: null,
    editable: null,
  };
}

const NOBODY: readonly Requirement[] = [];
