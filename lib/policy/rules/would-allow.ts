import type { CompiledRule, Plan } from '../compile-policy';
import type { Comparison, Scalar } from '../document';
import type { Facts, JsonValue } from '../schema';
import { type Compare, compileComparison } from './comparison';
import type { CompiledCondition } from './condition';
import { COMPLEMENT } from './explain';
import { compilePath, type Derived, ownValue, type Read } from './fact-path';
import type { Policies } from './judge';
import { permits } from './rule-set';
import { TRUE } from './truth';

// Where one fact alone stands between a request and being allowed, the verdict says what that fact would have to be.

const MOST_RULES = 200;
const MOST_TRIALS = 48;
const MOST_SHOWN = 5;

/** One changed fact worth trying: `value` makes `holds` true. */
export type Trial = { text: string; path: string; read: Read; holds: Compare; value: JsonValue };

/**
 * Sentences such as `payload.amount < 50`, each proved by judging again with a value just inside it. Speaks of payload,
 * counterparty, environment and signals, never of what agents say about themselves (confidence, risk, impact …), so that
 * no agent is coached to claim more. Empty for documents with more than 200 rules on the action.
 */
export function findWouldAllow(
  policies: Policies,
  facts: Facts,
  derived: Derived,
  allows: (policies: Policies, facts: Facts) => boolean,
): string[] {
  const proved: string[] = [];
  for (const trial of trialsFor(policies, facts.action)) {
    const current = trial.read(facts, derived, undefined);
    if (typeof current === 'object' && current !== null) continue; // replacing a list by one value would be another action
    if (trial.holds(current) === TRUE) continue;
    const changed = withFact(facts, trial.path, trial.value);
    if (changed && allows(policies, changed)) proved.push(trial.text);
    if (proved.length === MOST_SHOWN) break;
  }
  return proved;
}

function trialsFor({ org, agent }: Policies, action: string): Trial[] {
  const documents = agent ? [...org, agent] : org;
  const plans = documents.map((policy) => policy.planFor(action)).filter((plan) => plan !== null);
  if (!plans.some((plan) => plan.permits)) return [];
  const [only] = plans;
  const trials =
    plans.length === 1 && only ? only.trials : inOrder(plans.flatMap((plan: Plan) => plan.trials));
  return trials.slice(0, MOST_TRIALS);
}

/** The trials that one document's rules give for an action; made once per action. */
export function buildTrials(rules: CompiledRule[]): Trial[] {
  if (rules.length > MOST_RULES) return [];
  const leaves = rules.flatMap(({ when, unless }) => [...comparisonsOf(when), ...comparisonsOf(unless)]);
  return inOrder(leaves.flatMap(trialsOf));
}

/** True where some rule could allow at all. */
export function canPermit(rules: CompiledRule[]): boolean {
  return rules.some(permits);
}

function inOrder(trials: Trial[]): Trial[] {
  const byText = new Map(trials.map((trial) => [trial.text, trial]));
  return [...byText.values()].sort((a, b) => (a.text < b.text ? -1 : 1));
}

/** Of quantified lists no single fact can be named, so they give none. */
function comparisonsOf(condition: CompiledCondition | null): Comparison[] {
  if (condition?.kind === 'compare') return [condition.comparison];
  if (condition?.kind === 'not') return comparisonsOf(condition.part);
  if (condition?.kind === 'all' || condition?.kind === 'any') return condition.parts.flatMap(comparisonsOf);
  return [];
}

const CHANGEABLE = /^(payload\.|signals\.|counterparty$|environment$)/;

/** The comparison itself and its opposite, where a value can be named that makes it hold. */
function trialsOf({ path, operator, value }: Comparison): Trial[] {
  if (!CHANGEABLE.test(path) || path.includes('__proto__')) return [];
  const opposite = COMPLEMENT[operator];
  return [operator, ...(opposite ? [opposite] : [])].flatMap((one) => {
    const example = exampleFor(one, value);
    if (example === undefined) return [];
    const holds = compileComparison({ operator: one, value });
    return [{ text: textOf(path, one, value), path, read: compilePath(path), holds, value: example }];
  });
}

const NEAR = 1e-9;

function exampleFor(operator: Comparison['operator'], value: Scalar | Scalar[]): JsonValue | undefined {
  if (Array.isArray(value)) return operator === 'in' ? value[0] : undefined;
  if (operator === 'ne') return typeof value === 'boolean' ? !value : undefined;
  if (operator === 'exists') return undefined;
  if (typeof value !== 'number') return value;
  if (operator === 'lt') return value - Math.max(1, Math.abs(value)) * NEAR;
  return operator === 'gt' ? value + Math.max(1, Math.abs(value)) * NEAR : value;
}

const SYMBOLS: Partial<Record<Comparison['operator'], string>> = {
  eq: '=',
  ne: '≠',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  starts_with: 'starts with',
  ends_with: 'ends with',
};

function textOf(path: string, operator: Comparison['operator'], value: Scalar | Scalar[]): string {
  const symbol = SYMBOLS[operator] ?? operator;
  if (!Array.isArray(value)) return `${path} ${symbol} ${JSON.stringify(value)}`;
  const more = value.length > MOST_SHOWN ? ', …' : '';
  return `${path} ${symbol} [${value.slice(0, MOST_SHOWN).join(', ')}${more}]`;
}

/** A copy of the facts with one of them replaced; null where the way there is no object. */
function withFact(facts: Facts, path: string, value: JsonValue): Facts | null {
  const [root = '', ...segments] = path.split('.');
  if (root === 'counterparty' || root === 'environment') {
    return typeof value === 'string' ? { ...facts, [root]: value } : null;
  }
  if (root === 'payload') {
    const payload = replaced(facts.payload, segments, value);
    return payload === undefined ? null : { ...facts, payload };
  }
  const signals = replaced(facts.signals, segments, value);
  return signals === undefined ? null : { ...facts, signals: signals as Facts['signals'] }; // as: an object stays an object
}

function replaced(
  within: JsonValue | undefined,
  segments: string[],
  value: JsonValue,
): JsonValue | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return value;
  if (typeof within !== 'object' || within === null || Array.isArray(within)) return undefined;
  const inner = rest.length > 0 ? replaced(ownValue(within, segment), rest, value) : value;
  return inner === undefined ? undefined : { ...within, [segment]: inner };
}
