import type { Comparison, Operator, Scalar } from '../document';
import type { JsonValue } from '../schema';
import { FALSE, not, TRUE, type Truth, UNKNOWN } from './truth';

// A missing fact, null, or a type the operator doesn't take is unknown for every operator but `exists`.

export type Compare = (value: JsonValue | undefined) => Truth;

/**
 * Compiles one operator with its threshold. Numbers compare by JavaScript's `<`, which is exact here: the parser refuses
 * thresholds that a double can't hold exactly as written, and numbers beyond 2^53 are unknown.
 */
export function compileComparison({ operator, value }: Pick<Comparison, 'operator' | 'value'>): Compare {
  if (Array.isArray(value)) return compileMembership(operator, value);
  if (operator === 'exists') return (fact) => (isPresent(fact) === value ? TRUE : FALSE);
  if (operator === 'eq') return compileEqual(value);
  if (operator === 'ne') {
    const equal = compileEqual(value);
    return (fact) => not(equal(fact));
  }
  if (typeof value === 'number') return compileOrder(operator, value);
  if (operator === 'contains') return compileContains(value);
  if (typeof value === 'string') return compileAffix(operator, value);
  throw new Error(`${operator} does not take ${typeof value}`);
}

function isPresent(fact: JsonValue | undefined): boolean {
  return fact !== undefined && fact !== null;
}

function isComparableNumber(fact: JsonValue | undefined): fact is number {
  return typeof fact === 'number' && fact <= Number.MAX_SAFE_INTEGER && fact >= -Number.MAX_SAFE_INTEGER;
}

function compileEqual(value: Scalar): Compare {
  if (typeof value === 'number') {
    return (fact) => (isComparableNumber(fact) ? (fact === value ? TRUE : FALSE) : UNKNOWN);
  }
  if (typeof value === 'string') {
    return (fact) => (typeof fact === 'string' ? (fact === value ? TRUE : FALSE) : UNKNOWN);
  }
  return (fact) => (typeof fact === 'boolean' ? (fact === value ? TRUE : FALSE) : UNKNOWN);
}

function compileOrder(operator: Operator, limit: number): Compare {
  switch (operator) {
    case 'gt':
      return (fact) => (isComparableNumber(fact) ? (fact > limit ? TRUE : FALSE) : UNKNOWN);
    case 'gte':
      return (fact) => (isComparableNumber(fact) ? (fact >= limit ? TRUE : FALSE) : UNKNOWN);
    case 'lt':
      return (fact) => (isComparableNumber(fact) ? (fact < limit ? TRUE : FALSE) : UNKNOWN);
    case 'lte':
      return (fact) => (isComparableNumber(fact) ? (fact <= limit ? TRUE : FALSE) : UNKNOWN);
    case 'contains':
      return compileContains(limit);
    default:
      throw new Error(`${operator} does not take a number`);
  }
}

function compileAffix(operator: Operator, affix: string): Compare {
  if (operator === 'starts_with') {
    return (fact) => (typeof fact === 'string' ? (fact.startsWith(affix) ? TRUE : FALSE) : UNKNOWN);
  }
  if (operator === 'ends_with') {
    return (fact) => (typeof fact === 'string' ? (fact.endsWith(affix) ? TRUE : FALSE) : UNKNOWN);
  }
  throw new Error(`${operator} does not take text`);
}

/** Text within text, or membership of a list: true once one element is equal, unknown while one can't be compared. */
function compileContains(value: Scalar): Compare {
  const equal = compileEqual(value);
  return (fact) => {
    if (Array.isArray(fact)) {
      let truth: Truth = FALSE;
      for (const element of fact) {
        const one = equal(element);
        if (one === TRUE) return TRUE;
        if (one === UNKNOWN) truth = UNKNOWN;
      }
      return truth;
    }
    if (typeof fact !== 'string' || typeof value !== 'string') return UNKNOWN;
    return fact.includes(value) ? TRUE : FALSE;
  };
}

/** `in` is `eq` to one of the values: unknown where none is equal and one is of another type than the fact. */
function compileMembership(operator: Operator, values: Scalar[]): Compare {
  if (operator !== 'in' && operator !== 'not_in') throw new Error(`${operator} does not take a list`);
  const known = new Set<JsonValue | undefined>(values);
  const types = new Set(values.map((value) => typeof value));
  const member: Compare = (fact) => {
    if (typeof fact !== 'string' && typeof fact !== 'boolean' && !isComparableNumber(fact)) return UNKNOWN;
    if (known.has(fact)) return TRUE;
    if (types.size === 0) return FALSE;
    return types.size === 1 && types.has(typeof fact as 'string' | 'number' | 'boolean') ? FALSE : UNKNOWN; // as: checked two lines above
  };
  return operator === 'in' ? member : (fact) => not(member(fact));
}
