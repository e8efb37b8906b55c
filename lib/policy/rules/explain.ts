import type { CompiledRule } from '../compile-policy';
import type { Operator } from '../document';
import type { DecidingFact, Facts, JsonValue, Outcome, Reason } from '../schema';
import type { CompiledCondition } from './condition';
import type { Derived } from './fact-path';
import { FALSE, not, TRUE, type Truth, UNKNOWN } from './truth';

// A reason names the comparisons that made a rule match and the facts that it could not see.

const MOST_FACTS = 20;
const LONGEST_TEXT = 200;

/** The reason a matched rule gives for these facts. Long texts are cut; lists and objects are left out of `value`. */
export function explainRule(rule: CompiledRule, facts: Facts, derived: Derived): Reason {
  const found: Found = { missing: [], facts: [] };
  const place: Place = { facts, derived, element: undefined, name: '' };
  if (rule.when) walk(rule.when, rule.when.test(facts, derived, undefined), place, found);
  if (rule.unless) walk(rule.unless, rule.unless.test(facts, derived, undefined), place, found);
  const { outcome } = rule.terms;
  return {
    document: rule.document,
    rule: rule.id,
    guardrail: rule.guardrail,
    outcome,
    text: rule.text ?? sentence(rule.id, outcome, found.missing),
    missing: found.missing,
    facts: found.facts,
  };
}

type Found = { missing: string[]; facts: DecidingFact[] };
type Place = { facts: Facts; derived: Derived; element: JsonValue | undefined; name: string };

/** `truth` is what the condition came to here: the parts of a settled whole needn't be tested again. */
function walk(condition: CompiledCondition, truth: Truth, at: Place, found: Found): void {
  switch (condition.kind) {
    case 'not':
      walk(condition.part, not(truth), at, found);
      return;
    case 'all':
    case 'any': {
      const settled = truth === (condition.kind === 'all' ? TRUE : FALSE);
      for (const part of condition.parts) {
        const one = settled ? truth : part.test(at.facts, at.derived, at.element);
        if (settled || matters(condition.kind === 'all', truth, one)) walk(part, one, at, found);
      }
      return;
    }
    case 'some':
    case 'every':
      walkList(condition, truth, at, found);
      return;
    case 'compare':
      if (truth === UNKNOWN) miss(at.name || condition.comparison.path, found);
      else if (found.facts.length < MOST_FACTS) found.facts.push(decidingFact(condition, truth === TRUE, at));
  }
}

/** Of an unknown whole matters what isn't settled otherwise; of a settled one, the parts that settled it. */
function matters(conjunction: boolean, whole: Truth, part: Truth): boolean {
  if (whole === UNKNOWN) return part !== (conjunction ? FALSE : TRUE);
  return part === whole;
}

type Quantifier = Extract<CompiledCondition, { kind: 'some' | 'every' }>;

function walkList(condition: Quantifier, truth: Truth, at: Place, found: Found): void {
  const name = at.name || condition.path;
  const list = condition.read(at.facts, at.derived, at.element);
  if (!Array.isArray(list) || list.length === 0) {
    miss(name, found);
    return;
  }
  for (let position = 0; position < list.length; position += 1) {
    if (found.facts.length >= MOST_FACTS || found.missing.length >= MOST_FACTS) return;
    const element = list[position];
    const one = condition.part.test(at.facts, at.derived, element);
    if (!matters(condition.kind === 'every', truth, one)) continue;
    walk(condition.part, one, { ...at, element, name: `${name}.${position}` }, found);
  }
}

function miss(path: string, found: Found): void {
  if (found.missing.length < MOST_FACTS && !found.missing.includes(path)) found.missing.push(path);
}

/** The operator that holds exactly where another is false; the affixes and `contains` have none. */
export const COMPLEMENT: Partial<Record<Operator, Operator>> = {
  eq: 'ne',
  ne: 'eq',
  gt: 'lte',
  gte: 'lt',
  lt: 'gte',
  lte: 'gt',
  in: 'not_in',
  not_in: 'in',
  exists: 'exists',
};

type Leaf = Extract<CompiledCondition, { kind: 'compare' }>;

function decidingFact({ comparison, read }: Leaf, held: boolean, at: Place): DecidingFact {
  const { operator, value } = comparison;
  const path = at.name || comparison.path;
  const said = held ? operator : (COMPLEMENT[operator] ?? `not_${operator}`);
  const threshold = operator === 'exists' ? value === held : value;
  const seen = shown(read(at.facts, at.derived, at.element));
  if (seen === undefined) return { path, operator: said, threshold };
  return { path, operator: said, value: seen, threshold };
}

function shown(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'string' && value.length > LONGEST_TEXT) return `${value.slice(0, LONGEST_TEXT)}…`;
  return typeof value === 'object' && value !== null ? undefined : value;
}

function sentence(id: string, outcome: Outcome, missing: string[]): string {
  const says = outcome === 'allow' ? 'allows this' : outcome === 'deny' ? 'denies this' : 'asks for approval';
  if (missing.length === 0) return `The rule “${id}” ${says}.`;
  return `The rule “${id}” ${says}, because it cannot see ${missing.join(', ')}.`;
}
