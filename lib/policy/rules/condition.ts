import type { Comparison, Condition } from '../document';
import type { Facts, JsonValue } from '../schema';
import { compileComparison } from './comparison';
import { compilePath, type Derived, type Read } from './fact-path';
import { FALSE, not, TRUE, type Truth, UNKNOWN } from './truth';

// A condition is true, false or unknown: `all` takes its least part, `any` its greatest, and a quantified empty list is unknown.

export type Test = (facts: Facts, derived: Derived, element: JsonValue | undefined) => Truth;

/** A condition with its test compiled in at every node, so that an explanation can walk what the judgement ran. */
export type CompiledCondition =
  | { kind: 'all' | 'any'; test: Test; parts: CompiledCondition[] }
  | { kind: 'not'; test: Test; part: CompiledCondition }
  | { kind: 'some' | 'every'; test: Test; path: string; read: Read; part: CompiledCondition }
  | { kind: 'compare'; test: Test; comparison: Comparison; read: Read };

/** Compiles a parsed condition. Throws on an operator or path that no parsed document can hold. */
export function compileCondition(condition: Condition): CompiledCondition {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const parts = condition.of.map(compileCondition);
      const tests = parts.map((part) => part.test);
      return { kind: condition.kind, parts, test: condition.kind === 'all' ? all(tests) : any(tests) };
    }
    case 'not': {
      const part = compileCondition(condition.of);
      const { test } = part;
      return { kind: 'not', part, test: (facts, derived, element) => not(test(facts, derived, element)) };
    }
    case 'some':
    case 'every': {
      const read = compilePath(condition.path);
      const part = compileCondition(condition.of);
      const test = quantify(read, part.test, condition.kind === 'some' ? TRUE : FALSE);
      return { kind: condition.kind, path: condition.path, read, part, test };
    }
    case 'compare': {
      const read = compilePath(condition.path);
      const compare = compileComparison(condition);
      const test: Test = (facts, derived, element) => compare(read(facts, derived, element));
      return { kind: 'compare', comparison: condition, read, test };
    }
  }
}

/** The least of its parts; a pair is spelled out because most conditions are one. */
export function all(tests: readonly Test[]): Test {
  const [first, second] = tests;
  if (first && tests.length === 1) return first;
  if (first && second && tests.length === 2) {
    return (facts, derived, element) => {
      const one = first(facts, derived, element);
      if (one === FALSE) return FALSE;
      const two = second(facts, derived, element);
      if (two < one) return two;
      return one;
    };
  }
  return (facts, derived, element) => {
    let least: Truth = TRUE;
    for (const test of tests) {
      const truth = test(facts, derived, element);
      if (truth === FALSE) return FALSE;
      if (truth < least) least = truth;
    }
    return least;
  };
}

function any(tests: readonly Test[]): Test {
  return (facts, derived, element) => {
    let greatest: Truth = FALSE;
    for (const test of tests) {
      const truth = test(facts, derived, element);
      if (truth === TRUE) return TRUE;
      if (truth > greatest) greatest = truth;
    }
    return greatest;
  };
}

/** `decisive` ends the search: TRUE for some, FALSE for every. */
function quantify(read: Read, test: Test, decisive: Truth): Test {
  return (facts, derived, element) => {
    const list = read(facts, derived, element);
    if (!Array.isArray(list) || list.length === 0) return UNKNOWN;
    let truth: Truth = not(decisive);
    for (const item of list) {
      const one = test(facts, derived, item);
      if (one === decisive) return decisive;
      if (one === UNKNOWN) truth = UNKNOWN;
    }
    return truth;
  };
}
