import { type Comparison, type Condition, OPERATORS, type Scalar } from '../document';
import { isFactPath } from '../rules/fact-path';
import { readOperand } from './read-operand';
import { nameOf, readEntries, readFilledList } from './read-value';
import type { YamlEntry, YamlNode } from './read-yaml';
import { refuse } from './refuse';

export type Lists = ReadonlyMap<string, Scalar[]>;

/**
 * A condition: a map of paths and `all`, `any`, `not`, all of which must hold. Directly here `all` and `any` take lists of
 * conditions; under a path they quantify the list that the path names.
 */
export function readCondition(node: YamlNode, lists: Lists): Condition {
  const entries = readEntries(node, 'a condition');
  if (entries.length === 0) refuse(node, 'a condition must not be empty');
  return together(entries.map((entry) => readPart(entry, lists)));
}

function readPart({ key, keyPlace, value }: YamlEntry, lists: Lists): Condition {
  if (key === 'all' || key === 'any') {
    const parts = readFilledList(value, `“${key}” over conditions`);
    return { kind: key, of: parts.map((part) => readCondition(part, lists)) };
  }
  if (key === 'not') return { kind: 'not', of: readCondition(value, lists) };
  if (!isFactPath(key)) refuse(keyPlace, `unknown fact “${key}”; ${NAMESPACES}`);
  return readTest(value, key, key, lists);
}

const NAMESPACES =
  'facts are action, payload.*, counterparty, environment, agent.{id,name,version,model,labels.*}, initiator, risk, ' +
  'confidence, impact, reversibility, regulatory, signals.*';

/** What is asked of one fact. `path` is '' for the element of a list; `fact` is the path whose kind the value must suit. */
function readTest(node: YamlNode, path: string, fact: string, lists: Lists): Condition {
  if (node.kind === 'list') refuse(node, 'a bare list is not a test; use in');
  if (node.kind === 'scalar')
    return comparison({ key: 'eq', keyPlace: node, value: node }, path, fact, lists);
  if (node.entries.length === 0) refuse(node, 'a test must not be empty');
  return together(node.entries.map((entry) => readTestPart(entry, path, fact, lists)));
}

function readTestPart(entry: YamlEntry, path: string, fact: string, lists: Lists): Condition {
  const { key, keyPlace, value } = entry;
  if (key === 'not') return { kind: 'not', of: readTest(value, path, fact, lists) };
  if (key !== 'any' && key !== 'all') return comparison(entry, path, fact, lists);
  if (!isOpen(fact)) refuse(keyPlace, `${fact} is never a list`);
  if (value.kind === 'list')
    refuse(value, `“${key}” under a fact takes one test for the elements of its list`);
  return { kind: key === 'any' ? 'some' : 'every', path, of: readTest(value, '', fact, lists) };
}

function comparison(
  { key, keyPlace, value }: YamlEntry,
  path: string,
  fact: string,
  lists: Lists,
): Comparison {
  const operator = OPERATORS.find((one) => one === key);
  if (!operator) {
    refuse(keyPlace, `unknown operator “${key}”; known are ${OPERATORS.join(', ')}, all, any, not`);
  }
  if (value.kind === 'scalar' && value.value === null) {
    refuse(value, `${operator} needs a value, not ${nameOf(value)}`);
  }
  return { kind: 'compare', path, operator, value: readOperand(value, operator, fact, lists) };
}

function isOpen(fact: string): boolean {
  return fact.startsWith('payload.') || fact.startsWith('signals.');
}

function together(parts: Condition[]): Condition {
  const [only] = parts;
  return only && parts.length === 1 ? only : { kind: 'all', of: parts };
}
