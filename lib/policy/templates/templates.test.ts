import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../compile-policy';
import { parsePolicy } from '../parse-policy';
import { judge, type Policies } from '../rules/judge';
import type { Facts, JsonValue, Verdict } from '../schema';

const loaded = new Map<string, Policies>();

function load(name: string): Policies {
  const known = loaded.get(name);
  if (known) return known;
  const text = readFileSync(new URL(`./${name}.yaml`, import.meta.url), 'utf8');
  const policies = { org: [compilePolicy(parsePolicy(text), { name, version: 1, hash: name })], agent: null };
  loaded.set(name, policies);
  return policies;
}

function decide(name: string, given: Partial<Facts>): Verdict {
  const agent = { id: 'agt_1', name: 'Agent', labels: {} };
  const facts: Facts = { action: '', payload: {}, environment: 'production', agent, signals: {}, ...given };
  return judge(load(name), facts, new Date(0));
}

const people = ({ requirements }: Verdict) =>
  requirements.map(({ from, count }) => `${count} ${from}`).join(', ');

it('the starter lets everything wait for one person, and holds deletions as high', () => {
  expect(decide('starter', { action: 'crm.read' })).toMatchObject({
    outcome: 'require_approval',
    risk: 'low',
    slaSeconds: 28_800,
  });
  expect(decide('starter', { action: 'crm.delete' })).toMatchObject({
    outcome: 'require_approval',
    risk: 'high',
    onBreach: 'reject',
  });
});

describe('northwind', () => {
  const refund = (amount: JsonValue, confidence: number, fraud: number): Partial<Facts> => ({
    action: 'refund.create',
    payload: { amount },
    confidence,
    signals: { fraud_score: fraud },
  });
  it.each([
    [refund(40, 0.98, 0.1), 'allow', 'low', ''],
    [refund(40, 0.9, 0.1), 'require_approval', 'medium', '1 group:finance-team'],
    [refund('40', 0.98, 0.1), 'require_approval', 'high', '1 group:finance-leads, 1 group:finance-team'],
    [refund(4000, 0.98, 0.1), 'require_approval', 'medium', '1 group:finance-team'],
    [refund(6000, 0.98, 0.1), 'require_approval', 'high', '1 group:finance-leads, 1 group:finance-team'],
    [refund(40, 0.98, 0.3), 'require_approval', 'high', '1 group:finance-leads, 1 group:finance-team'],
    [{ action: 'payment.send', counterparty: 'dhl.com', payload: { amount: 20 } }, 'allow', 'medium', ''],
    [
      { action: 'payment.send', counterparty: 'dhl.com', payload: { amount: 200 } },
      'require_approval',
      'high',
      '1 group:finance-team',
    ],
    [
      { action: 'payment.send', counterparty: 'who.test', payload: { amount: 20 } },
      'require_approval',
      'high',
      '1 group:finance-leads, 1 group:finance-team',
    ],
    [{ action: 'email.send', payload: { to: 'dana@northwind.test' } }, 'allow', 'medium', ''],
    [
      { action: 'email.send', payload: { to: 'x@customer.test' } },
      'require_approval',
      'medium',
      '1 group:support',
    ],
    [{ action: 'contract.update' }, 'require_approval', 'high', '1 group:legal'],
    [{ action: 'key.revoke' }, 'require_approval', 'critical', '2 group:security'],
    [{ action: 'deploy.production' }, 'require_approval', 'high', '1 group:engineering'],
    [{ action: 'data.delete' }, 'require_approval', 'high', '1 group:security'],
    [{ action: 'crm.update', payload: { deal_size: 500 } }, 'allow', 'low', ''],
    [{ action: 'crm.update', payload: { deal_size: 50_000 } }, 'require_approval', 'medium', '1 approvers'],
    [{ action: 'secrets.read' }, 'deny', 'low', ''],
    [{ action: 'never.seen' }, 'require_approval', 'low', '1 approvers'],
  ] as [Partial<Facts>, string, string, string][])(
    '%j is %s at %s risk, by %s',
    (given, outcome, risk, who) => {
      const verdict = decide('northwind', given);
      expect([verdict.outcome, verdict.risk, people(verdict)]).toEqual([outcome, risk, who]);
    },
  );
});

describe('airline', () => {
  const call = (tool: string, payload: JsonValue) =>
    decide('airline', { action: `airline.${tool}`, payload });
  const payment = (id: string, amount: number) => ({ payment_id: id, amount });

  it.each([
    ['get_user_details', { user_id: 'u' }, 'allow'],
    ['book_reservation', { cabin: 'economy', payment_methods: [payment('gift_card_1', 172)] }, 'allow'],
    [
      'book_reservation',
      { cabin: 'economy', payment_methods: [payment('gift_card_1', 172), payment('credit_card_1', 5)] },
      'require_approval',
    ],
    [
      'book_reservation',
      { cabin: 'economy', payment_methods: [payment('credit_card_1', 608)] },
      'require_approval',
    ],
    [
      'book_reservation',
      { cabin: 'business', payment_methods: [payment('gift_card_1', 172)] },
      'require_approval',
    ],
    ['update_reservation_flights', { cabin: 'economy', payment_id: 'gift_card_1' }, 'allow'],
    ['update_reservation_flights', { cabin: 'business', payment_id: 'gift_card_1' }, 'require_approval'],
    ['update_reservation_flights', { cabin: 'economy', payment_id: 'certificate_1' }, 'deny'],
    ['update_reservation_flights', { cabin: 'economy' }, 'allow'],
    ['update_reservation_baggages', { nonfree_baggages: 0, payment_id: 'credit_card_1' }, 'allow'],
    ['update_reservation_baggages', { nonfree_baggages: 1, payment_id: 'credit_card_1' }, 'require_approval'],
    ['update_reservation_passengers', { passengers: [] }, 'require_approval'],
    ['cancel_reservation', { reservation_id: 'R' }, 'require_approval'],
    ['send_certificate', { amount: 50 }, 'require_approval'],
  ] as [string, JsonValue, string][])('%s with %j is %s', (tool, payload, outcome) => {
    expect(call(tool, payload).outcome).toBe(outcome);
  });

  const recorded = new URL('../../../../shared/data/airline-calls.jsonl', import.meta.url);
  it.skipIf(!existsSync(recorded))('judges the recorded calls: reading allowed, each outcome occurs', () => {
    const counts = new Map<string, number>();
    const lines = readFileSync(recorded, 'utf8').trim().split('\n');
    for (const line of lines) {
      const { tool, arguments: payload } = JSON.parse(line) as { tool: string; arguments: JsonValue }; // as: the file's own shape
      const { outcome } = call(tool, payload);
      if (/^(get|search|list)_|^(calculate|think)$/.test(tool)) expect(outcome).toBe('allow');
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    console.info(`airline: ${lines.length} recorded calls, ${JSON.stringify([...counts])}`);
    expect([...counts.keys()].sort()).toEqual(['allow', 'deny', 'require_approval']);
  });
});
