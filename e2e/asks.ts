import { randomUUID } from 'node:crypto';
import type { JsonValue } from '@/lib/kernel/json/json-value';

/** What an agent asks for; `body` is that of POST /v1/authorize. Every call makes one that never was before. */
export type Ask = {
  agent: string;
  body: { summary: string; payload: Record<string, JsonValue> } & Record<string, unknown>;
};

/** A refund by ops-refunds: to 5,000 one from finance (medium, amount and note editable), above also a finance lead (high). */
export function refund(amount: number, more: Record<string, unknown> = {}): Ask {
  const order = unique();
  return {
    agent: 'ops-refunds',
    body: {
      action: 'refund.create',
      summary: `Refund €${amount.toLocaleString('en')} for order ${order}`,
      payload: { order, amount, currency: 'EUR', payee: 'Acme GmbH', note: 'Goods returned' },
      confidence: 0.9,
      signals: { fraud_score: 0.05 },
      ...more,
    },
  };
}

/** A deployment by release-bot: high risk, one from engineering, nothing editable. Lena decides; Omar owns the agent. */
export function deployment(): Ask {
  const version = unique();
  return {
    agent: 'release-bot',
    body: {
      action: 'deploy.production',
      summary: `Deploy billing-api ${version}`,
      payload: { service: 'billing-api', version },
    },
  };
}

/** A key's revocation by sentinel: critical, two from security (Omar, Ines). */
export function revocation(): Ask {
  const key = unique();
  return {
    agent: 'sentinel',
    body: {
      action: 'key.revoke',
      summary: `Revoke key ${key}`,
      payload: { key, owner: 'kim@northwind.test' },
    },
  };
}

/** A deal's update by sales-outreach: medium risk, one from the approvers (Sofia), the whole payload editable. */
export function dealUpdate(): Ask {
  const deal = unique();
  return {
    agent: 'sales-outreach',
    body: {
      action: 'crm.update',
      summary: `Move deal ${deal}`,
      payload: { deal, stage: 'Negotiation', deal_size: 90000 },
    },
  };
}

export function unique(): string {
  return randomUUID().slice(0, 8);
}
