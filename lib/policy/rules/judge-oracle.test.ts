import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compilePolicy } from '../compile-policy';
import type { Condition, PolicyDocument, PolicyRule } from '../document';
import type { Facts, JsonValue, Requirement } from '../schema';
import { arbitraryDocument, arbitraryFacts } from '../testing/arbitrary-policy';
import { judge } from './judge';

// An oracle written from policy.md alone, as slow and plain as can be, and sharing nothing with what it checks.

type Answer = {
  outcome: string;
  risk: string;
  requirements: Requirement[];
  sla: number | null;
  expires: number | null;
  onBreach: string | null;
  editable: string[] | null;
};

const OUTCOME_ORDER = ['allow', 'require_approval', 'deny'];
const RISK_ORDER = ['low', 'medium', 'high', 'critical'];
const LEVEL_ORDER = ['low', 'medium', 'high'];
const worst = (order: string[], words: string[]) =>
  order[Math.max(...words.map((one) => order.indexOf(one)))] ?? '';

function oracle(org: PolicyDocument[], agent: PolicyDocument | null, facts: Facts): Answer {
  if (org.length === 0)
    return {
      outcome: 'deny',
      risk: 'low',
      requirements: [],
      sla: null,
      expires: null,
      onBreach: null,
      editable: null,
    };
  const documents = agent ? [...org, agent] : org;
  const known = environmentOf(documents, facts);
  const verdicts = (rules: PolicyRule[]) =>
    rules
      .filter(
        ({ actions }) => !actions || actions.some((pattern) => globToRegExp(pattern).test(facts.action)),
      )
      .map((rule) => ({
        rule,
        holds: both(
          rule.when ? ask(rule.when, known) : true,
          negate(rule.unless ? ask(rule.unless, known) : false),
        ),
      }))
      .filter(({ rule, holds }) => holds === true || (holds === undefined && rule.outcome !== 'allow'));

  const fromAgent = agent ? verdicts(agent.rules) : [];
  let layer = fromAgent;
  let fallback: string | null = null;
  if (!fromAgent.some(({ holds }) => holds === true)) {
    const fromOrg = org.flatMap((document) => verdicts(document.rules));
    const standing = org.some((document) => document.default === 'deny') ? 'deny' : 'require_approval';
    const onlyUnknown = !fromOrg.some(({ holds }) => holds === true);
    const milder = !fromOrg.some(
      ({ rule }) => OUTCOME_ORDER.indexOf(rule.outcome) >= OUTCOME_ORDER.indexOf(standing),
    );
    if (onlyUnknown && milder) fallback = standing;
    layer = [...fromAgent, ...fromOrg];
  }
  const rules = [...layer, ...documents.flatMap((document) => verdicts(document.guardrails))].map(
    ({ rule }) => rule,
  );
  return floor(rules, fallback, known.get('risk') as string | undefined);
}

function floor(rules: PolicyRule[], fallback: string | null, derivedRisk: string | undefined): Answer {
  const risk = worst(RISK_ORDER, ['low', derivedRisk ?? 'low', ...rules.map((rule) => rule.risk ?? 'low')]);
  let outcome = worst(OUTCOME_ORDER, [...rules.map((rule) => rule.outcome), ...(fallback ? [fallback] : [])]);
  if (outcome === 'allow' && risk === 'critical') outcome = 'require_approval';
  if (outcome !== 'require_approval') {
    return { outcome, risk, requirements: [], sla: null, expires: null, onBreach: null, editable: null };
  }
  const asked = rules.flatMap(
    (rule) =>
      rule.approvals ?? (rule.outcome === 'require_approval' ? [{ from: 'approvers', count: 1 }] : []),
  );
  if (fallback === 'require_approval' || asked.length === 0) asked.push({ from: 'approvers', count: 1 });
  const sources = [...new Set(asked.map(({ from }) => from))].sort();
  const requirements = sources.map((from) => ({
    from,
    count: Math.max(...asked.filter((one) => one.from === from).map(({ count }) => count)),
  }));
  const people = requirements.reduce((sum, { count }) => sum + count, 0);
  if (risk === 'critical' && people < 2) requirements.push({ from: 'any', count: 1 });
  const slas = rules.flatMap(({ slaSeconds }) => slaSeconds ?? []);
  const ends = rules.flatMap(({ expiresSeconds }) => expiresSeconds ?? []);
  const defaultSla = [86_400, 14_400, 3600, 1800][RISK_ORDER.indexOf(risk)] ?? 0;
  const sla = slas.length > 0 ? Math.min(...slas) : defaultSla;
  const expires = ends.length > 0 ? Math.min(...ends) : Math.min(Math.max(86_400, sla), 604_800);
  const locks = rules.flatMap(({ editable }) => (editable ? [editable] : []));
  return {
    outcome,
    risk,
    requirements,
    sla: Math.min(sla, expires),
    expires,
    onBreach: rules.some(({ onBreach }) => onBreach === 'reject') ? 'reject' : 'hold',
    editable: locks.length === 0 ? null : commonFields(locks),
  };
}

/** By enumeration of the few fields that the generator knows. */
function commonFields(locks: string[][]): string[] {
  const universe = ['payload.amount', 'payload.deep', 'payload.deep.x', 'payload.to'];
  const covers = (lock: string[], field: string) =>
    lock.some((one) => field === one || field.startsWith(`${one}.`));
  const shared = universe.filter((field) => locks.every((lock) => covers(lock, field)));
  return shared.filter((field) => !shared.some((other) => field.startsWith(`${other}.`))).sort();
}

type Known = Map<string, JsonValue | undefined>;

function environmentOf(documents: PolicyDocument[], facts: Facts): Known {
  const known: Known = new Map(
    Object.entries({ counterparty: facts.counterparty, confidence: facts.confidence }),
  );
  const rows = documents
    .flatMap(({ actions }) => actions)
    .filter(({ action }) => globToRegExp(action).test(facts.action));
  let score = 0;
  let named = 0;
  for (const axis of ['impact', 'reversibility', 'regulatory'] as const) {
    const order = axis === 'reversibility' ? [...LEVEL_ORDER].reverse() : LEVEL_ORDER;
    const levels: string[] = rows.flatMap((row) => row[axis] ?? []);
    if (levels.length === 0 && facts[axis]) levels.push('medium');
    if (facts[axis]) levels.push(facts[axis]);
    if (levels.length === 0) continue;
    named += 1;
    score += order.indexOf(worst(order, levels));
    known.set(axis, worst(order, levels));
  }
  const risks: string[] = facts.risk ? [facts.risk] : [];
  if (named > 0) risks.push(['low', 'low', 'medium', 'medium', 'high', 'high', 'critical'][score] ?? '');
  known.set('risk', risks.length > 0 ? worst(RISK_ORDER, risks) : undefined);
  const from = (value: JsonValue | undefined, key: string) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.entries(value).find(([name]) => name === key)?.[1]
      : undefined;
  known.set('payload.amount', from(facts.payload, 'amount'));
  known.set('payload.tags', from(facts.payload, 'tags'));
  known.set('payload.deep.x', from(from(facts.payload, 'deep'), 'x'));
  known.set('signals.s', from(facts.signals, 's'));
  return known;
}

type Answered = boolean | undefined;
const negate = (answer: Answered): Answered => (answer === undefined ? undefined : !answer);
const both = (...answers: Answered[]): Answered =>
  answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
const either = (...answers: Answered[]): Answered => negate(both(...answers.map(negate)));

function ask(condition: Condition, known: Known): Answered {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const answers = condition.of.map((part) => ask(part, known));
      return condition.kind === 'all' ? both(...answers) : either(...answers);
    }
    case 'not':
      return negate(ask(condition.of, known));
    case 'compare':
      return apply(condition.operator, known.get(condition.path), condition.value);
    case 'some':
    case 'every': {
      const list = known.get(condition.path);
      if (!Array.isArray(list) || list.length === 0) return undefined;
      const answers = list.map((element) => ask(condition.of, new Map([['', element]])));
      return condition.kind === 'some' ? either(...answers) : both(...answers);
    }
  }
}

function apply(operator: string, value: JsonValue | undefined, wanted: JsonValue): Answered {
  if (operator === 'exists') return (value !== undefined && value !== null) === wanted;
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Math.abs(value) >= 2 ** 53) return undefined;
  if (operator === 'ne') return negate(apply('eq', value, wanted));
  if (operator === 'not_in') return negate(apply('in', value, wanted));
  if (operator === 'in') {
    if (typeof value === 'object' || !Array.isArray(wanted)) return undefined;
    return either(...wanted.map((one) => apply('eq', value, one)));
  }
  if (operator === 'contains' && Array.isArray(value))
    return either(...value.map((one) => apply('eq', one, wanted)));
  if (typeof value !== typeof wanted || typeof value === 'object') return undefined;
  if (operator === 'eq') return value === wanted;
  if (typeof value === 'number' && typeof wanted === 'number') {
    if (operator === 'gt') return value > wanted;
    if (operator === 'gte') return value >= wanted;
    if (operator === 'lt') return value < wanted;
    if (operator === 'lte') return value <= wanted;
  }
  if (typeof value === 'string' && typeof wanted === 'string') {
    if (operator === 'starts_with') return value.indexOf(wanted) === 0;
    if (operator === 'ends_with') return value.slice(value.length - wanted.length) === wanted;
    if (operator === 'contains') return value.split(wanted).length > 1 || wanted === '';
  }
  return undefined;
}

function globToRegExp(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .split('*')
      .map((piece) => piece.replaceAll('.', '\\.'))
      .join('.*')}$`,
  );
}

it('agrees with an oracle written from the specification', () => {
  const runs = 20_000;
  const outcomes = new Map<string, number>();
  const layers = fc.record({
    org: fc.oneof(
      { weight: 6, arbitrary: fc.array(arbitraryDocument(), { minLength: 1, maxLength: 1 }) },
      { weight: 3, arbitrary: fc.array(arbitraryDocument(), { minLength: 2, maxLength: 2 }) },
      { weight: 1, arbitrary: fc.constant<PolicyDocument[]>([]) },
    ),
    agent: fc.option(arbitraryDocument(), { freq: 1 }),
  });
  fc.assert(
    fc.property(layers, arbitraryFacts, ({ org, agent }, facts) => {
      const compile = (document: PolicyDocument, position: number) =>
        compilePolicy(document, { name: `document-${position}`, version: 1, hash: `hash-${position}` });
      const policies = { org: org.map(compile), agent: agent && compile(agent, 9) };
      const verdict = judge(policies, facts, new Date(0));
      const { outcome, risk, requirements, slaSeconds, expiresSeconds, onBreach, editable } = verdict;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      const answer = {
        outcome,
        risk,
        requirements,
        sla: slaSeconds,
        expires: expiresSeconds,
        onBreach,
        editable,
      };
      expect(answer).toEqual(oracle(org, agent, facts));
      expect(verdict.reasons.length).toBeGreaterThan(0);
      expect(verdict.reasons.some(({ rule }) => rule === 'evaluation-failed')).toBe(false);
    }),
    { numRuns: runs },
  );
  console.info(`judge against oracle: ${runs} pairs, 0 differences (${JSON.stringify([...outcomes])})`);
}, 300_000);
