import type { MatrixRow, PolicyDocument, PolicyRule, Scalar } from './document';
import type { Lists } from './parse/read-condition';
import { readScalar } from './parse/read-operand';
import { actionProblem, readRule } from './parse/read-rule';
import { optional, readChoice, readEntries, readList, readMap, readText } from './parse/read-value';
import { readYaml, type YamlEntry, type YamlNode } from './parse/read-yaml';
import { refuse } from './parse/refuse';
import { isActionPattern } from './rules/action-pattern';
import { LEVELS } from './schema';

/**
 * Reads a policy document (YAML 1.2, ≤ 64 KiB). Throws AppError `unprocessable`, "line 12, column 5: …", with pointer, line
 * and column in `details.errors`, for whatever it doesn't know: keys, operators, outcomes, facts, lists. (policy.md)
 */
export function parsePolicy(text: string): PolicyDocument {
  const root = readYaml(text);
  const entries = readMap(root, 'a policy', DOCUMENT_KEYS);
  readVersion(entries.get('version') ?? refuse(root, 'a policy needs version: 1'));
  const lists = optional(entries, 'lists', readLists) ?? new Map<string, Scalar[]>();
  const guardrails = optional(entries, 'guardrails', (at) => readRules(at, lists, true)) ?? [];
  const rules = optional(entries, 'rules', (at) => readRules(at, lists, false)) ?? [];
  refuseRepeatedIds([...guardrails, ...rules]);
  return {
    version: 1,
    name: readText(entries.get('name') ?? refuse(root, 'a policy needs a name'), 'name', 120),
    default: optional(entries, 'default', readDefault) ?? 'require_approval',
    lists: [...lists].map(([name, values]) => ({ name, values })),
    actions: optional(entries, 'actions', readMatrix) ?? [],
    guardrails: guardrails.map(({ rule }) => rule),
    rules: rules.map(({ rule }) => rule),
  };
}

const DOCUMENT_KEYS = ['version', 'name', 'default', 'lists', 'actions', 'guardrails', 'rules'] as const;

function readVersion(node: YamlNode): void {
  if (node.kind !== 'scalar' || node.value !== 1) refuse(node, 'version must be 1');
}

function readDefault(node: YamlNode): PolicyDocument['default'] {
  return readChoice(node, 'default', ['require_approval', 'deny']);
}

function readLists(node: YamlNode): Lists {
  const entries = readEntries(node, 'lists');
  return new Map(
    entries.map(({ key, keyPlace, value }) => [listName(key, keyPlace), readListValues(value, key)]),
  );
}

function listName(key: string, place: YamlEntry['keyPlace']): string {
  if (/^[a-z0-9][a-z0-9_-]{0,99}$/.test(key)) return key;
  return refuse(place, `a list’s name is lower-case letters, digits, - and _, not “${key}”`);
}

function readListValues(node: YamlNode, name: string): Scalar[] {
  return readList(node, `the list ${name}`).map((item) => readScalar(item, `an entry of ${name}`));
}

const AXES = ['impact', 'reversibility', 'regulatory'] as const;

function readMatrix(node: YamlNode): MatrixRow[] {
  return readEntries(node, 'actions').map(({ key, keyPlace, value }) => {
    if (!isActionPattern(key)) refuse(keyPlace, actionProblem(key));
    const axes = readMap(value, 'an action’s matrix', AXES);
    if (axes.size === 0) refuse(value, `name at least one of ${AXES.join(', ')}`);
    const level = (axis: (typeof AXES)[number]) => optional(axes, axis, (at) => readChoice(at, axis, LEVELS));
    return {
      action: key,
      impact: level('impact'),
      reversibility: level('reversibility'),
      regulatory: level('regulatory'),
    };
  });
}

type Placed = { rule: PolicyRule; node: YamlNode };

function readRules(node: YamlNode, lists: Lists, guardrail: boolean): Placed[] {
  const nodes = readList(node, guardrail ? 'guardrails' : 'rules');
  return nodes.map((item) => ({ rule: readRule(item, lists, guardrail), node: item }));
}

function refuseRepeatedIds(placed: Placed[]): void {
  const seen = new Set<string>();
  for (const { rule, node } of placed) {
    if (seen.has(rule.id)) refuse(node, `the id “${rule.id}” stands twice`);
    seen.add(rule.id);
  }
}
