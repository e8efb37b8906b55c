import type { Reason, Verdict } from '../schema';
import { applyFloor } from './floor';
import { joinTerms, type Terms } from './join';
import { byName, byStrictness, compareText } from './reason-order';

// Of the version a request was opened under and the version in force, the stricter applies, point by point.

/** Joins two verdicts on the same request. Associative, commutative and idempotent on what `judge` returns. */
export function stricterVerdict(a: Verdict, b: Verdict): Verdict {
  const terms = applyFloor(joinTerms(withoutFloorSlot(a), withoutFloorSlot(b)));
  return {
    outcome: terms.outcome,
    risk: terms.risk,
    reasons: unionReasons(a.reasons, b.reasons),
    requirements: [...terms.requirements],
    slaSeconds: terms.slaSeconds,
    expiresSeconds: terms.expiresSeconds,
    onBreach: terms.onBreach,
    editable: terms.editable && [...terms.editable],
    wouldAllowIf: commonHints(a, b),
    policies: unionPolicies(a, b),
  };
}

/** The slot `any` is the floor's answer to one set of requirements; the joined set gets its own answer. */
function withoutFloorSlot(verdict: Verdict): Terms {
  const { outcome, risk, slaSeconds, expiresSeconds, onBreach, editable } = verdict;
  const requirements = verdict.requirements.filter(({ from }) => from !== 'any');
  return { outcome, risk, requirements, slaSeconds, expiresSeconds, onBreach, editable };
}

function unionReasons(a: Reason[], b: Reason[]): Reason[] {
  const byKey = new Map([...a, ...b].map((reason) => [reasonKey(reason), reason]));
  return [...byKey]
    .sort(([key, one], [otherKey, two]) => byStrictness(one, two) || compareText(key, otherKey))
    .map(([, reason]) => reason);
}

function reasonKey({ document, rule, guardrail, outcome, text, missing, facts }: Reason): string {
  const compared = facts.map(({ path, operator, value, threshold }) => [path, operator, value, threshold]);
  return JSON.stringify([document, rule, guardrail, outcome, text, missing, compared]);
}

/** A hint must satisfy both; a verdict that allows already asks for nothing. */
function commonHints(a: Verdict, b: Verdict): string[] {
  if (a.outcome === 'allow') return [...b.wouldAllowIf];
  if (b.outcome === 'allow') return [...a.wouldAllowIf];
  return a.wouldAllowIf.filter((hint) => b.wouldAllowIf.includes(hint));
}

function unionPolicies(a: Verdict, b: Verdict): Verdict['policies'] {
  const both = [...a.policies, ...b.policies];
  const byHash = new Map(both.map((policy) => [JSON.stringify([policy.name, policy.hash]), policy]));
  return [...byHash.values()].sort(byName);
}
