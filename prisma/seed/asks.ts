import type { AuthorizeBody } from '@/lib/approvals/schema';

type Vote = {
  by: string;
  verdict: 'approve' | 'reject';
  reason?: string;
  edit?: Record<string, string | number>;
};
/** One ask of the demo and what people did about it; `afterwards` is what its agent did next. */
export type DemoAsk = {
  agent: string;
  body: Omit<AuthorizeBody, 'payload'> & { payload: Record<string, string | number | boolean> };
  votes?: Vote[];
  afterwards?: 'redeem' | 'cancel';
};

const run = (
  runId: string,
  agentVersion: string,
  steps: { name: string; output: string }[],
  trigger?: string,
) => ({
  runId,
  agentVersion,
  modelId: 'atlas-5-large',
  steps,
  trigger,
});

/** What waits for people: the cases a reviewer meets on a normal day. */
const waiting: DemoAsk[] = [
  {
    agent: 'ops-refunds',
    votes: [{ by: 'dana@northwind.test', verdict: 'approve', reason: 'Receipt and carrier scan agree.' }],
    body: {
      action: 'refund.create',
      summary: 'Refund €6,000.00 to Acme GmbH',
      payload: {
        order: '12345',
        amount: 6000,
        currency: 'EUR',
        payee: 'Acme GmbH',
        iban: 'DE89370400440532014300',
        note: 'Goods returned, grade A',
      },
      counterparty: 'acme.example',
      rationale:
        'The customer returned four units on 8 November. The carrier confirmed receipt and the warehouse graded them “A”. The receipt matches order 12345, so the full amount is due under the 30-day return policy.',
      confidence: 0.71,
      reversibility: 'low',
      signals: { fraud_score: 0.23 },
      alternatives: ['Offer store credit of €6,300', 'Ask the customer for photographs first'],
      evidence: [
        { label: 'New payee', value: 'First refund to DE89…4300', tone: 'red' },
        { label: 'Agent confidence', value: '0.71', tone: 'amber' },
        { label: 'Return window', value: '12 days after delivery', tone: 'blue' },
        { label: 'Receipt', value: 'INV-20418 matches order', tone: 'emerald' },
      ],
      sensitive: ['payload.iban'],
      context: run(
        'run_7f3c',
        '1.4.2',
        [
          { name: 'read ticket #8812', output: 'Customer asks for a full refund of order 12345.' },
          { name: 'check carrier', output: 'Delivered to warehouse on 12 November, 4 of 4 parcels.' },
          { name: 'match receipt', output: 'INV-20418, €6,000.00, paid 27 October.' },
        ],
        'Ticket #8812 in the returns queue',
      ),
    },
  },
  {
    agent: 'erp-clerk',
    body: {
      action: 'contract.update',
      summary: 'Change payment terms of Globex Supplies: Net-30 → Net-60',
      payload: { vendor: 'Globex Supplies', contract: 'CON-4821', terms: 'Net-60', effective: '2027-01-01' },
      counterparty: 'globex.example',
      rationale:
        'Globex agreed to Net-60 in exchange for a 12-month volume commitment that procurement already approved.',
      confidence: 0.71,
      evidence: [
        { label: 'Contract', value: 'CON-4821', tone: 'emerald' },
        { label: 'Volume commitment', value: 'Not yet countersigned', tone: 'amber' },
        { label: 'Yearly volume', value: '€412,000', tone: 'slate' },
      ],
      diff: {
        before: { terms: 'Net-30', effective: '2025-03-01' },
        after: { terms: 'Net-60', effective: '2027-01-01' },
      },
      context: run('run_19ab', '3.0.1', [
        { name: 'read mail thread', output: 'Vendor: “Net-60 works for us from January.”' },
      ]),
    },
  },
  {
    agent: 'sales-outreach',
    body: {
      action: 'email.send',
      summary: 'Send “Q3 partnership proposal” to the Head of Engineering at Initech',
      payload: {
        to: 'head.of.engineering@initech.example',
        subject: 'Q3 partnership proposal',
        body: 'Dear Ms Lumbergh,\n\nyou asked for a short outline of how a partnership in the third quarter could look. Attached are three options with prices.\n\nKind regards\nNorthwind',
      },
      counterparty: 'initech.example',
      rationale: 'She asked for a proposal at the trade fair and has not been written to since.',
      confidence: 0.88,
      evidence: [
        { label: 'Recipient', value: 'External, opted in', tone: 'blue' },
        { label: 'Last contact', value: '34 days ago', tone: 'slate' },
      ],
      context: run('run_c02e', '0.9.4', [{ name: 'draft mail', output: 'Tone: formal. 62 words.' }]),
    },
  },
  {
    agent: 'sentinel',
    body: {
      action: 'key.revoke',
      summary: 'Revoke API key of kim@northwind.test',
      payload: {
        key: 'nw_live_7f3c',
        owner: 'kim@northwind.test',
        reason: 'Read 41,000 customer rows in 3 minutes',
      },
      rationale: 'The key read forty times its usual volume from an address it never used before.',
      confidence: 0.93,
      impact: 'high',
      reversibility: 'low',
      regulatory: 'high',
      signals: { anomaly: 0.97 },
      evidence: [
        { label: 'Volume', value: '41,000 rows in 3 min', tone: 'red' },
        { label: 'Address', value: 'Never seen before', tone: 'red' },
        { label: 'Key owner', value: 'On leave until Monday', tone: 'amber' },
      ],
      context: run(
        'run_55d1',
        '2.2.0',
        [{ name: 'detect anomaly', output: 'data access violation, score 0.97' }],
        'Alert SEC-221',
      ),
    },
  },
  {
    agent: 'release-bot',
    body: {
      action: 'deploy.production',
      summary: 'Deploy billing-api 2.41.0 to production',
      payload: { service: 'billing-api', version: '2.41.0', strategy: 'canary', migrations: 2 },
      rationale:
        'All checks passed on staging for 24 hours; the release holds the VAT rounding fix that support waits for.',
      confidence: 0.9,
      evidence: [
        { label: 'Staging', value: '24 h without errors', tone: 'emerald' },
        { label: 'Migrations', value: '2, both reversible', tone: 'amber' },
        { label: 'Change', value: '14 files', tone: 'slate' },
      ],
      diff: {
        before: { version: '2.40.3', replicas: 6, flags: { vatRounding: 'legacy' } },
        after: { version: '2.41.0', replicas: 6, flags: { vatRounding: 'half-even' } },
      },
      context: run('run_e810', '5.1.0', [
        { name: 'run test suite', output: '1,204 passed' },
        { name: 'canary on staging', output: 'error rate 0.00 %' },
      ]),
    },
  },
  {
    agent: 'sentinel',
    body: {
      action: 'data.delete',
      summary: 'Delete 1,204 inactive customer records',
      payload: { table: 'customers', rows: 1204, filter: 'no login since 2019-01-01', backup: true },
      rationale:
        'The retention period of seven years has passed for all of them and none has an open invoice.',
      confidence: 0.82,
      evidence: [
        { label: 'Irreversible', value: 'Backups expire after 30 days', tone: 'red' },
        { label: 'Open invoices', value: 'None', tone: 'emerald' },
      ],
      context: run('run_0b77', '2.2.0', [{ name: 'count rows', output: '1,204' }]),
    },
  },
  {
    agent: 'sales-outreach',
    body: {
      action: 'crm.update',
      summary: 'Move deal “Globex rollout” to Negotiation',
      payload: { deal: 'Globex rollout', stage: 'Negotiation', deal_size: 240000 },
      rationale: 'The buyer asked for a draft contract this morning.',
      confidence: 0.86,
      evidence: [{ label: 'Deal size', value: '€240,000', tone: 'blue' }],
      context: run('run_91fe', '0.9.4', [{ name: 'read mail', output: 'Buyer asks for a draft contract.' }]),
    },
  },
];

/** What is decided already, so that the history, the record and every outcome have something to show. */
const decided: DemoAsk[] = [
  {
    agent: 'ops-refunds',
    votes: [
      {
        by: 'priya@northwind.test',
        verdict: 'approve',
        reason: 'Shipping was not ours to refund.',
        edit: { amount: 412.5 },
      },
    ],
    afterwards: 'redeem',
    body: {
      action: 'refund.create',
      summary: 'Refund €420.00 to Hooli Ltd',
      payload: {
        order: '12201',
        amount: 420,
        currency: 'EUR',
        payee: 'Hooli Ltd',
        note: 'One unit broken on arrival',
      },
      counterparty: 'hooli.example',
      rationale: 'Photographs show the broken unit.',
      confidence: 0.9,
      signals: { fraud_score: 0.04 },
      evidence: [{ label: 'Photographs', value: '3, consistent', tone: 'emerald' }],
    },
  },
  {
    agent: 'ops-refunds',
    votes: [
      {
        by: 'dana@northwind.test',
        verdict: 'reject',
        reason: 'The payee changed after the ticket was opened.',
      },
    ],
    body: {
      action: 'refund.create',
      summary: 'Refund €1,980.00 to a new account of Umbrella Ltd',
      payload: {
        order: '11987',
        amount: 1980,
        currency: 'EUR',
        payee: 'U. Trading',
        note: 'Customer sent new bank details',
      },
      counterparty: 'umbrella.example',
      rationale: 'The customer mailed new bank details on Monday.',
      confidence: 0.64,
      signals: { fraud_score: 0.19 },
      evidence: [{ label: 'Payee', value: 'Changed two days ago', tone: 'red' }],
    },
  },
  {
    agent: 'erp-clerk',
    afterwards: 'cancel',
    body: {
      action: 'payment.send',
      summary: 'Pay Hetzner invoice 2026-118, €412.00',
      payload: { to: 'DE89370400440532013000', amount: 412, currency: 'EUR', invoice: '2026-118' },
      counterparty: 'hetzner.com',
      rationale: 'Invoice matches PO-881 and the March usage report.',
      confidence: 0.95,
      sensitive: ['payload.to'],
    },
  },
  {
    agent: 'ops-refunds',
    afterwards: 'redeem',
    body: {
      action: 'refund.create',
      summary: 'Refund €38.00 to Stark Retail',
      payload: {
        order: '12290',
        amount: 38,
        currency: 'EUR',
        payee: 'Stark Retail',
        note: 'Late delivery voucher',
      },
      counterparty: 'stark.example',
      rationale: 'Delivery was four days late; the policy grants 10 %.',
      confidence: 0.98,
      signals: { fraud_score: 0.02 },
    },
  },
  {
    agent: 'sentinel',
    body: {
      action: 'secrets.read',
      summary: 'Read the production database password',
      payload: { secret: 'prod/db/password' },
      rationale: 'Needed to look at slow queries.',
      confidence: 0.5,
    },
  },
  {
    agent: 'sales-outreach',
    body: {
      action: 'orders.read',
      summary: 'Read order 12345',
      payload: { order: '12345' },
      confidence: 0.99,
    },
  },
];

export const asks: DemoAsk[] = [...decided, ...waiting];
