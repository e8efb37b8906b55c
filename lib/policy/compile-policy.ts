import type { MatrixRow, PolicyDocument, PolicyRule } from './document';
import { isActionType, matchesAction } from './rules/action-pattern';
import { all, type CompiledCondition, compileCondition, type Test } from './rules/condition';
import type { Derived } from './rules/fact-path';
import { outermost, type Terms, unionRequirements } from './rules/join';
import { type Axes, deriveFacts, joinAxes, NO_AXES } from './rules/risk';
import { buildRuleSet, type RuleSet } from './rules/rule-set';
import { not, TRUE } from './rules/truth';
import { buildTrials, canPermit, type Trial } from './rules/would-allow';

/** One rule ready to run. `test` is `when` and not `unless`; what an unknown means is the judge's affair. */
export type CompiledRule = {
  document: string;
  id: string;
  guardrail: boolean;
  text: string | null;
  terms: Terms;
  when: CompiledCondition | null;
  unless: CompiledCondition | null;
  test: Test;
};

/** All that a document has to say about one action type. */
export type Plan = {
  rules: RuleSet;
  guardrails: RuleSet;
  axes: Axes | null;
  /** Whether any of its rules could allow, and the single facts that might make one of them. */
  permits: boolean;
  trials: Trial[];
  /** The derived facts where the agent declares nothing: computed once. */
  derived: Derived;
};

export type CompiledPolicy = {
  name: string;
  version: number;
  hash: string;
  /** What stands where no rule matched true. */
  fallback: CompiledRule;
  /** Null for an action type that is not well-formed. Remembers the last thousand action types. */
  planFor: (action: string) => Plan | null;
};

const REMEMBERED_ACTIONS = 1000;

/** Compiles a parsed document to closures indexed by action. `hash` is that of the document's text. */
export function compilePolicy(
  document: PolicyDocument,
  meta: { name: string; version: number; hash: string },
): CompiledPolicy {
  const rules = indexByAction(document.rules, (rule) => compileRule(rule, meta.name, false));
  const guardrails = indexByAction(document.guardrails, (rule) => compileRule(rule, meta.name, true));
  const plans = new Map<string, Plan>();
  const planFor = (action: string): Plan | null => {
    const known = plans.get(action);
    if (known) return known;
    if (typeof action !== 'string' || !isActionType(action)) return null;
    const plan = buildPlan(rules(action), guardrails(action), axesFor(document.actions, action));
    if (plans.size >= REMEMBERED_ACTIONS) plans.delete(plans.keys().next().value ?? '');
    plans.set(action, plan);
    return plan;
  };
  return { ...meta, fallback: compileFallback(document, meta.name), planFor };
}

function buildPlan(rules: CompiledRule[], guardrails: CompiledRule[], axes: Axes | null): Plan {
  return {
    rules: buildRuleSet(rules),
    guardrails: buildRuleSet(guardrails),
    axes,
    permits: canPermit(rules),
    trials: buildTrials([...rules, ...guardrails]),
    derived: deriveFacts(axes ?? NO_AXES, {}),
  };
}

function compileRule(rule: PolicyRule, document: string, guardrail: boolean): CompiledRule {
  const when = rule.when && compileCondition(rule.when);
  const unless = rule.unless && compileCondition(rule.unless);
  return {
    document,
    id: rule.id,
    guardrail,
    text: rule.reason,
    terms: termsOf(rule),
    when,
    unless,
    test: testOf(when, unless),
  };
}

function testOf(when: CompiledCondition | null, unless: CompiledCondition | null): Test {
  if (!unless) return when ? when.test : () => TRUE;
  const excepted = unless.test;
  const notExcepted: Test = (facts, derived, element) => not(excepted(facts, derived, element));
  return when ? all([when.test, notExcepted]) : notExcepted;
}

/** A rule that asks for people and names nobody asks the approvers. */
function termsOf(rule: PolicyRule): Terms {
  const unnamed = rule.outcome === 'require_approval' ? [{ from: 'approvers', count: 1 }] : [];
  return {
    outcome: rule.outcome,
    risk: rule.risk ?? 'low',
    requirements: unionRequirements(rule.approvals ?? unnamed, []),
    slaSeconds: rule.slaSeconds,
    expiresSeconds: rule.expiresSeconds,
    onBreach: rule.onBreach,
    editable: rule.editable && outermost(rule.editable),
  };
}

function compileFallback(document: PolicyDocument, name: string): CompiledRule {
  const text =
    document.default === 'deny'
      ? 'No rule allows this, and what no rule names is denied.'
      : 'No rule allows this, and what no rule names needs approval.';
  const rule = { ...EMPTY_RULE, outcome: document.default, reason: text };
  return compileRule(rule, name, false);
}

const EMPTY_RULE: PolicyRule = {
  id: 'default',
  actions: null,
  when: null,
  unless: null,
  outcome: 'require_approval',
  reason: null,
  risk: null,
  approvals: null,
  slaSeconds: null,
  expiresSeconds: null,
  onBreach: null,
  editable: null,
};

/** Rules with exact actions by a map, the others by trying their patterns. */
function indexByAction(rules: PolicyRule[], compile: (rule: PolicyRule) => CompiledRule) {
  const exact = new Map<string, CompiledRule[]>();
  const patterned: { patterns: string[] | null; rule: CompiledRule }[] = [];
  for (const source of rules) {
    const rule = compile(source);
    if (source.actions === null || source.actions.some((pattern) => pattern.includes('*'))) {
      patterned.push({ patterns: source.actions, rule });
      continue;
    }
    for (const action of new Set(source.actions)) {
      const known = exact.get(action);
      if (known) known.push(rule);
      else exact.set(action, [rule]);
    }
  }
  return (action: string): CompiledRule[] => {
    const found = patterned.filter(
      ({ patterns }) => patterns === null || patterns.some((pattern) => matchesAction(pattern, action)),
    );
    return [...(exact.get(action) ?? []), ...found.map(({ rule }) => rule)];
  };
}

function axesFor(rows: MatrixRow[], action: string): Axes | null {
  const found = rows.filter((row) => matchesAction(row.action, action));
  return found.length > 0 ? found.map(axesOf).reduce(joinAxes) : null;
}

function axesOf({ impact, reversibility, regulatory }: MatrixRow): Axes {
  return { impact, reversibility, regulatory };
}
