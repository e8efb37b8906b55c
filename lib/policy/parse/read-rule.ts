import type { PolicyRule } from '../document';
import { isActionPattern } from '../rules/action-pattern';
import { isFactPath } from '../rules/fact-path';
import { type Requirement, RISK_LEVELS } from '../schema';
import { type Lists, readCondition } from './read-condition';
import { readDuration } from './read-duration';
import { nameOf, optional, readChoice, readFilledList, readList, readMap, readText } from './read-value';
import type { YamlNode } from './read-yaml';
import { refuse } from './refuse';

const RULE_KEYS = [
  'id',
  'action',
  'when',
  'unless',
  'outcome',
  'reason',
  'risk',
  'approvals',
  'sla',
  'expires',
  'on_breach',
  'editable',
] as const;

/** The names under which verdicts give reasons of their own. */
const RESERVED = ['default', 'floor', 'nothing-published', 'evaluation-failed'];

/** One rule or guardrail. A guardrail can't allow: it is joined on top, where allowing says nothing. */
export function readRule(node: YamlNode, lists: Lists, guardrail: boolean): PolicyRule {
  const entries = readMap(node, guardrail ? 'a guardrail' : 'a rule', RULE_KEYS);
  const id = entries.get('id') ?? refuse(node, 'a rule needs an id');
  const rule: PolicyRule = {
    id: readId(id),
    actions: optional(entries, 'action', readActions),
    when: optional(entries, 'when', (at) => readCondition(at, lists)),
    unless: optional(entries, 'unless', (at) => readCondition(at, lists)),
    outcome: optional(entries, 'outcome', (at) => readOutcome(at, guardrail)) ?? 'require_approval',
    reason: optional(entries, 'reason', (at) => readText(at, 'reason', 500)),
    risk: optional(entries, 'risk', (at) => readChoice(at, 'risk', RISK_LEVELS)),
    approvals: optional(entries, 'approvals', readApprovals),
    slaSeconds: optional(entries, 'sla', (at) => readDuration(at, 'sla')),
    expiresSeconds: optional(entries, 'expires', (at) => readDuration(at, 'expires')),
    onBreach: optional(entries, 'on_breach', (at) => readChoice(at, 'on_breach', ['reject', 'hold'])),
    editable: optional(entries, 'editable', readEditable),
  };
  const { slaSeconds, expiresSeconds } = rule;
  if (slaSeconds !== null && expiresSeconds !== null && slaSeconds > expiresSeconds) {
    refuse(entries.get('sla') ?? node, 'sla must not be longer than expires');
  }
  return rule;
}

function readId(node: YamlNode): string {
  const id = readText(node, 'id', 100);
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(id))
    refuse(node, `id must be lower-case letters, digits, - and _, not “${id}”`);
  if (RESERVED.includes(id)) refuse(node, `the id “${id}” is reserved`);
  return id;
}

function readOutcome(node: YamlNode, guardrail: boolean): PolicyRule['outcome'] {
  const outcome = readChoice(node, 'outcome', ['allow', 'require_approval', 'deny']);
  if (guardrail && outcome === 'allow') refuse(node, 'a guardrail can’t allow; write a rule');
  return outcome;
}

function readActions(node: YamlNode): string[] {
  const nodes = node.kind === 'list' ? readFilledList(node, 'action') : [node];
  return nodes.map(readActionPattern);
}

export function readActionPattern(node: YamlNode): string {
  const pattern = readText(node, 'action', 200);
  if (!isActionPattern(pattern)) refuse(node, actionProblem(pattern));
  return pattern;
}

export function actionProblem(pattern: string): string {
  return `an action is lower-case and dotted, with * for any run (payment.*), not “${pattern}”`;
}

function readApprovals(node: YamlNode): Requirement[] {
  const requirements = readFilledList(node, 'approvals').map(readRequirement);
  const sources = requirements.map(({ from }) => from);
  const twice = sources.find((from, position) => sources.indexOf(from) !== position);
  if (twice) refuse(node, `“${twice}” stands twice in approvals; use count`);
  return requirements;
}

const MOST_PEOPLE = 20;

function readRequirement(node: YamlNode): Requirement {
  const entries = readMap(node, 'an approval', ['from', 'count']);
  const from = readSource(entries.get('from') ?? refuse(node, 'an approval needs from'));
  const count = optional(entries, 'count', (at) => {
    const value = at.kind === 'scalar' ? at.value : null;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_PEOPLE)
      return value;
    return refuse(at, `count must be a whole number from 1 to ${MOST_PEOPLE}, not ${nameOf(at)}`);
  });
  return { from, count: count ?? 1 };
}

function readSource(node: YamlNode): string {
  const from = readText(node, 'from', 300);
  if (from === 'approvers' || from === 'owner' || /^group:[a-z0-9][a-z0-9-]*$/.test(from)) return from;
  if (/^user:[^\s@]+@[^\s@]+$/.test(from)) return from.toLowerCase();
  if (from.startsWith('role:')) refuse(node, 'a role gives no approval authority; name a group or a user');
  return refuse(node, `from must be user:<email>, group:<slug>, approvers or owner, not “${from}”`);
}

function readEditable(node: YamlNode): string[] {
  return readList(node, 'editable').map((item) => {
    const path = readText(item, 'a path in editable', 500);
    if (path.startsWith('payload.') && isFactPath(path)) return path;
    return refuse(item, `editable names fields of the payload (payload.subject), not “${path}”`);
  });
}
