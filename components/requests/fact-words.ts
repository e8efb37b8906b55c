// A comparison that decided is told in words: “amount 6000 is above 5000”.

import type { JsonValue } from '@/lib/kernel/json/json-value';

const relations: Record<string, string> = {
  eq: 'is',
  ne: 'is not',
  gt: 'is above',
  gte: 'is at least',
  lt: 'is below',
  lte: 'is at most',
  in: 'is one of',
  not_in: 'is not one of',
  starts_with: 'starts with',
  ends_with: 'ends with',
  contains: 'contains',
  not_eq: 'is not',
  not_ne: 'is',
  not_gt: 'is at most',
  not_gte: 'is below',
  not_lt: 'is at least',
  not_lte: 'is above',
  not_not_in: 'is one of',
  not_starts_with: 'does not start with',
  not_ends_with: 'does not end with',
  not_contains: 'does not contain',
};

export type FactWords = { name: string; value: string | null; relation: string; threshold: string | null };

/** The four parts of the sentence; `value` or `threshold` is null where the sentence has none. */
export function factWords(fact: {
  path: string;
  operator: string;
  value?: JsonValue;
  threshold: JsonValue;
}): FactWords {
  const name = factName(fact.path);
  if (fact.operator === 'exists' || fact.operator === 'not_exists') {
    const present = (fact.threshold !== false) === (fact.operator === 'exists');
    return { name, value: null, relation: present ? 'is given' : 'is not given', threshold: null };
  }
  const relation = Object.hasOwn(relations, fact.operator) ? relations[fact.operator] : undefined;
  return {
    name,
    value: fact.value === undefined ? null : plain(fact.value),
    relation: relation ?? fact.operator.replaceAll('_', ' '),
    threshold: plain(fact.threshold),
  };
}

/** `payload.amount` → “amount”, `signals.fraud_score` → “fraud score”, `agent.labels.team` → “agent labels team”. */
export function factName(path: string): string {
  return path
    .replace(/^(payload|signals)\./, '')
    .replaceAll(/[._-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}

/** `group:finance-team` → “Finance team”. */
export function sourceName(from: string): string {
  if (from === 'any') return 'Any named approver';
  if (from === 'owner') return 'The agent’s owner';
  const name = from.replace(/^(group|user):/, '');
  if (from.startsWith('user:')) return name;
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function plain(value: JsonValue): string {
  if (typeof value === 'string') return value === '' ? '“”' : value;
  if (Array.isArray(value)) return value.map(plain).join(', ');
  return JSON.stringify(value);
}
