import type { Operator, Scalar } from '../document';
import { LEVELS, RISK_LEVELS } from '../schema';
import type { Lists } from './read-condition';
import { nameOf, readList } from './read-value';
import type { YamlNode } from './read-yaml';
import { refuse } from './refuse';

/** The value an operator compares a fact with, refused where no such fact could ever be compared with it. */
export function readOperand(
  node: YamlNode,
  operator: Operator,
  fact: string,
  lists: Lists,
): Scalar | Scalar[] {
  const words = wordsOf(fact);
  if (operator === 'in' || operator === 'not_in') {
    const values = readValues(node, operator, lists);
    for (const value of values) checkValue(node, value, fact, words);
    return values;
  }
  const value = readScalar(node, operator);
  if (operator === 'exists') {
    return typeof value === 'boolean'
      ? value
      : refuse(node, `exists takes true or false, not ${nameOf(node)}`);
  }
  checkOperator(node, operator, value, fact, words);
  checkValue(node, value, fact, words);
  return value;
}

export function readScalar(node: YamlNode, what: string): Scalar {
  if (node.kind !== 'scalar' || node.value === null) {
    refuse(node, `${what} takes one text, number or true/false, not ${nameOf(node)}`);
  }
  return node.value;
}

function readValues(node: YamlNode, operator: Operator, lists: Lists): Scalar[] {
  if (node.kind === 'scalar' && typeof node.value === 'string' && node.value.startsWith('$')) {
    return lists.get(node.value.slice(1)) ?? refuse(node, `unknown list “${node.value}”`);
  }
  if (node.kind !== 'list')
    refuse(node, `${operator} takes a list or the name of one ($name), not ${nameOf(node)}`);
  return readList(node, operator).map((item) => readScalar(item, `an entry of ${operator}`));
}

const ORDER: readonly Operator[] = ['gt', 'gte', 'lt', 'lte'];
const AFFIX: readonly Operator[] = ['starts_with', 'ends_with'];

function checkOperator(
  node: YamlNode,
  operator: Operator,
  value: Scalar,
  fact: string,
  words: readonly string[] | null,
): void {
  if (ORDER.includes(operator)) {
    if (typeof value !== 'number') refuse(node, `${operator} compares numbers, not ${nameOf(node)}`);
    if (words) refuse(node, `${fact} is a word: use in: [${words.join(', ')}], not ${operator}`);
  }
  if (AFFIX.includes(operator) && (typeof value !== 'string' || value === '')) {
    refuse(node, `${operator} takes text, not ${nameOf(node)}`);
  }
  if (operator === 'contains' && value === '') refuse(node, 'contains takes a value that is not empty');
  const takesText = AFFIX.includes(operator) || operator === 'contains';
  if (takesText && (words || fact === 'confidence')) refuse(node, `${fact} can’t be tested by ${operator}`);
}

function checkValue(node: YamlNode, value: Scalar, fact: string, words: readonly string[] | null): void {
  if (fact.startsWith('payload.') || fact.startsWith('signals.')) return;
  if (fact === 'confidence') {
    if (typeof value !== 'number') refuse(node, `confidence is a number, not ${JSON.stringify(value)}`);
    return;
  }
  if (typeof value !== 'string') refuse(node, `${fact} is text; ${JSON.stringify(value)} needs quotes`);
  if (words && !words.includes(value)) refuse(node, `${fact} is one of ${words.join(', ')}, not “${value}”`);
}

function wordsOf(fact: string): readonly string[] | null {
  if (fact === 'risk') return RISK_LEVELS;
  return fact === 'impact' || fact === 'reversibility' || fact === 'regulatory' ? LEVELS : null;
}
