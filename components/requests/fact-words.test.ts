import { describe, expect, test } from 'vitest';
import { factWords, sourceName } from './fact-words';

const sentence = (fact: Parameters<typeof factWords>[0]) => {
  const { name, value, relation, threshold } = factWords(fact);
  return [name, value, relation, threshold].filter((part) => part !== null).join(' ');
};

describe('A comparison that decided is told in words: “amount 6000 is above 5000”.', () => {
  test.each([
    [{ path: 'payload.amount', operator: 'gt', value: 6000, threshold: 5000 }, 'amount 6000 is above 5000'],
    [
      { path: 'signals.fraud_score', operator: 'gte', value: 0.23, threshold: 0.2 },
      'fraud score 0.23 is at least 0.2',
    ],
    [
      { path: 'payload.lineItems', operator: 'contains', value: ['a', 'b'], threshold: 'a' },
      'line items a, b contains a',
    ],
    [
      { path: 'counterparty', operator: 'not_in', value: 'x.test', threshold: ['a', 'b'] },
      'counterparty x.test is not one of a, b',
    ],
    [
      { path: 'payload.to', operator: 'not_ends_with', value: 'jo@x', threshold: '@acme' },
      'to jo@x does not end with @acme',
    ],
    [{ path: 'initiator', operator: 'exists', threshold: false }, 'initiator is not given'],
    [{ path: 'initiator', operator: 'not_exists', threshold: true }, 'initiator is not given'],
    [{ path: 'payload.x', operator: 'constructor', value: 1, threshold: null }, 'x 1 constructor null'],
  ])('%j', (fact, words) => {
    expect(sentence(fact)).toBe(words);
  });

  test('Who is asked is told as people say it.', () => {
    expect(['group:finance-leads', 'approvers', 'owner', 'any', 'user:a-b@c.test'].map(sourceName)).toEqual([
      'Finance leads',
      'Approvers',
      'The agent’s owner',
      'Any named approver',
      'a-b@c.test',
    ]);
  });
});
