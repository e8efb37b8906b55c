import type { CompiledRule } from '../compile-policy';
import type { Facts, JsonValue } from '../schema';
import type { CompiledCondition } from './condition';
import type { Derived, Read } from './fact-path';
import { TRUE, UNKNOWN } from './truth';

// A rule that permits needs true; a rule that restricts matches on true or unknown.

/**
 * The rules for one action. Where many of them need one fact to equal some text, they are found by that text; a fact that
 * is missing or no text leaves them unknown, so then all restricting ones are tried.
 */
export type RuleSet = {
  scan: CompiledRule[];
  index: { read: Read; byText: Map<string, CompiledRule[]>; restricting: CompiledRule[] } | null;
};

const WORTH_AN_INDEX = 16;

/** Adds the rules that match to `matched`; returns whether one of them matched true rather than unknown. */
export function matchRules(set: RuleSet, facts: Facts, derived: Derived, matched: CompiledRule[]): boolean {
  const certain = tryRules(set.scan, facts, derived, matched);
  if (set.index === null) return certain;
  const value = set.index.read(facts, derived, undefined);
  const rules = typeof value === 'string' ? set.index.byText.get(value) : set.index.restricting;
  if (rules === undefined) return certain;
  return tryRules(rules, facts, derived, matched) || certain;
}

function tryRules(rules: CompiledRule[], facts: Facts, derived: Derived, matched: CompiledRule[]): boolean {
  let certain = false;
  for (let i = 0; i < rules.length; i += 1) {
    const rule = rules[i] as CompiledRule; // as: i is within the list; an iterator costs a third of the decision
    const truth = rule.test(facts, derived, undefined);
    if (truth === TRUE) certain = true;
    else if (truth !== UNKNOWN || permits(rule)) continue;
    matched.push(rule);
  }
  return certain;
}

export function permits(rule: CompiledRule): boolean {
  return rule.terms.outcome === 'allow';
}

/** Indexes by the path that most rules compare with text, where that pays. */
export function buildRuleSet(rules: CompiledRule[]): RuleSet {
  if (rules.length < WORTH_AN_INDEX) return { scan: rules, index: null };
  const keys = rules.map((rule) => textKeys(rule.when));
  const uses = new Map<string, number>();
  for (const byPath of keys) {
    for (const path of byPath.keys()) uses.set(path, (uses.get(path) ?? 0) + 1);
  }
  const [path, count] = [...uses].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
  if (count < WORTH_AN_INDEX) return { scan: rules, index: null };
  return indexByText(rules, keys, path);
}

type TextKey = { read: Read; texts: string[] };

function indexByText(rules: CompiledRule[], keys: Map<string, TextKey>[], path: string): RuleSet {
  const scan: CompiledRule[] = [];
  const restricting: CompiledRule[] = [];
  const byText = new Map<string, CompiledRule[]>();
  let read: Read = () => undefined;
  rules.forEach((rule, position) => {
    const key = keys[position]?.get(path);
    if (!key) {
      scan.push(rule);
      return;
    }
    read = key.read;
    if (!permits(rule)) restricting.push(rule);
    for (const text of new Set(key.texts)) addTo(byText, text, rule);
  });
  return { scan, index: { read, byText, restricting } };
}

/** The facts that must equal one of some texts for the whole condition not to be false: `eq` and `in` at its top level. */
function textKeys(condition: CompiledCondition | null, found = new Map<string, TextKey>()) {
  if (condition?.kind === 'all') for (const part of condition.parts) textKeys(part, found);
  if (condition?.kind !== 'compare') return found;
  const { operator, path, value } = condition.comparison;
  const texts: JsonValue[] = Array.isArray(value) ? value : [value];
  if ((operator !== 'eq' && operator !== 'in') || !texts.every((text) => typeof text === 'string'))
    return found;
  return found.set(path, { read: condition.read, texts });
}

function addTo(index: Map<string, CompiledRule[]>, text: string, rule: CompiledRule): void {
  const known = index.get(text);
  if (known) known.push(rule);
  else index.set(text, [rule]);
}
