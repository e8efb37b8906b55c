import type { CompiledPolicy, CompiledRule, Plan } from '../compile-policy';
import type { Facts, Outcome, Reason, Verdict } from '../schema';
import { explainRule } from './explain';
import type { Derived } from './fact-path';
import { applyFloor, FLOOR_TEXT, floorRaised } from './floor';
import { higherRisk, joinTerms, outcomeRank, type Terms } from './join';
import { byName, byStrictness } from './reason-order';
import { deriveFacts, joinAxes, NO_AXES } from './risk';
import { matchRules } from './rule-set';
import { findWouldAllow } from './would-allow';

// Strictest wins: rules and guardrails are joined, the floor comes last, and whatever goes wrong is denied.

/** The org's documents form one layer; an agent's own document takes its place where one of its rules matches true. */
export type Policies = { org: CompiledPolicy[]; agent: CompiledPolicy | null };

/**
 * The verdict on one action. Pure, and never throws: no published org document, a malformed action type or anything
 * unexpected is denied. `now` is for conditions on time; nothing else may look at a clock. (policy.md, Semantics)
 */
export function judge(policies: Policies, facts: Facts, _now: Date): Verdict {
  try {
    if (policies.org.length === 0)
      return refusal('nothing-published', 'No policy is published, so it is denied.');
    const decision = decide(policies, facts);
    const { terms } = decision;
    return {
      outcome: terms.outcome,
      risk: terms.risk,
      reasons: explain(decision, facts),
      requirements: terms.requirements.length === 0 ? [] : [...terms.requirements],
      slaSeconds: terms.slaSeconds,
      expiresSeconds: terms.expiresSeconds,
      onBreach: terms.onBreach,
      editable: terms.editable && [...terms.editable],
      wouldAllowIf:
        terms.outcome === 'allow' ? [] : findWouldAllow(policies, facts, decision.derived, allows),
      policies: participants(policies),
    };
  } catch {
    return refusal('evaluation-failed', 'This could not be judged, so it is denied.');
  }
}

/** The outcome alone, for judging many at once: `judge` without its reasons. Never throws; what goes wrong is denied. */
export function judgeOutcome(policies: Policies, facts: Facts): Outcome {
  try {
    return policies.org.length === 0 ? 'deny' : decide(policies, facts).terms.outcome;
  } catch {
    return 'deny';
  }
}

function allows(policies: Policies, facts: Facts): boolean {
  return judgeOutcome(policies, facts) === 'allow';
}

type Decision = { terms: Terms; matched: CompiledRule[]; derived: Derived; floored: boolean };

function decide({ org, agent }: Policies, facts: Facts): Decision {
  const agentPlan = agent && plan(agent, facts);
  const [only] = org;
  const plans = only && org.length === 1 ? [plan(only, facts)] : org.map((policy) => plan(policy, facts));
  const derived = derive(plans, agentPlan, facts);
  const matched: CompiledRule[] = [];
  const settled = agentPlan !== null && matchRules(agentPlan.rules, facts, derived, matched);
  if (!settled) matchOrg(org, plans, facts, derived, matched);
  for (const { guardrails } of plans) matchRules(guardrails, facts, derived, matched);
  if (agentPlan) matchRules(agentPlan.guardrails, facts, derived, matched);
  const joined = joinRules(matched, derived);
  const terms = applyFloor(joined);
  return { terms, matched, derived, floored: floorRaised(joined, terms) };
}

function explain({ terms, matched, derived, floored }: Decision, facts: Facts): Reason[] {
  const [only] = matched;
  if (matched.length === 1 && only && !floored) return [explainRule(only, facts, derived)];
  const reasons = matched.map((rule) => explainRule(rule, facts, derived));
  if (floored) reasons.push({ ...BUILT_IN, outcome: terms.outcome, text: FLOOR_TEXT });
  return reasons.sort(byStrictness);
}

/** Without a true match the default stands beside what matched by unknown, where it is the stricter of the two. */
function matchOrg(
  org: CompiledPolicy[],
  plans: Plan[],
  facts: Facts,
  derived: Derived,
  matched: CompiledRule[],
): void {
  const before = matched.length;
  let certain = false;
  for (const { rules } of plans) certain = matchRules(rules, facts, derived, matched) || certain;
  if (certain) return;
  const fallback = org.map((policy) => policy.fallback).reduce(strictestFallback);
  const strictness = outcomeRank(fallback.terms.outcome);
  const unknowns = matched.slice(before);
  if (unknowns.some((rule) => outcomeRank(rule.terms.outcome) >= strictness)) return;
  matched.push(fallback);
}

function strictestFallback(a: CompiledRule, b: CompiledRule): CompiledRule {
  const difference = outcomeRank(a.terms.outcome) - outcomeRank(b.terms.outcome);
  if (difference !== 0) return difference > 0 ? a : b;
  return a.document <= b.document ? a : b;
}

function joinRules(matched: CompiledRule[], derived: Derived): Terms {
  const [first] = matched;
  if (!first) throw new Error('the default always matches');
  let terms = first.terms;
  for (let i = 1; i < matched.length; i += 1) terms = joinTerms(terms, matched[i]?.terms ?? terms);
  if (derived.risk === undefined || derived.risk === terms.risk) return terms;
  return { ...terms, risk: higherRisk(terms.risk, derived.risk) };
}

function derive(plans: Plan[], agentPlan: Plan | null, facts: Facts): Derived {
  const [first] = plans;
  const { risk, impact, reversibility, regulatory } = facts;
  const declared = risk || impact || reversibility || regulatory;
  if (first && plans.length === 1 && !agentPlan && !declared) return first.derived;
  let axes = agentPlan?.axes ?? NO_AXES;
  for (const one of plans) if (one.axes) axes = joinAxes(axes, one.axes);
  return deriveFacts(axes, facts);
}

function plan(policy: CompiledPolicy, facts: Facts): Plan {
  const found = policy.planFor(facts.action);
  if (!found) throw new Error('the action type is malformed');
  return found;
}

function participants({ org, agent }: Policies): Verdict['policies'] {
  const [only] = org;
  if (only && org.length === 1 && !agent) return [{ name: only.name, hash: only.hash }];
  const documents = agent ? [...org, agent] : org;
  return documents.map(({ name, hash }) => ({ name, hash })).sort(byName);
}

const BUILT_IN = { document: 'built-in', rule: 'floor', guardrail: true, missing: [], facts: [] };

function refusal(rule: string, text: string): Verdict {
  return {
    outcome: 'deny',
    risk: 'low',
    reasons: [{ ...BUILT_IN, rule, outcome: 'deny', text }],
    requirements: [],
    slaSeconds: null,
    expiresSeconds: null,
    onBreach: null,
    editable: null,
    wouldAllowIf: [],
    policies: [],
  };
}
