import { compilePolicy } from './compile-policy';
import type { PolicyDocument, PolicyRule } from './document';
import { judge, judgeOutcome, type Policies } from './rules/judge';
import type { Facts, Outcome } from './schema';

export type BenchLine = {
  rules: number;
  shape: string;
  /** The whole verdict with its reasons, the outcome alone, and the limit. */
  nsJudge: number;
  nsOutcome: number;
  nsLimit: number;
};

/**
 * Nanoseconds per decision at 4, 1,000 and 10,000 rules, each beside its limit measured in the same run: the same decision
 * hand-written as closures indexed by action, answering with one word.
 * Prints the ratios for the whole verdict with its reasons and for the outcome alone.
 */
export function runPolicyBench(): BenchLine[] {
  const lines = [
    compare(4, 'allowed, spread over actions', spread(4)),
    compare(1000, 'allowed, spread over actions', spread(1000)),
    compare(10_000, 'allowed, spread over actions', spread(10_000)),
    compare(10_000, 'allowed, all on one action', crowded(10_000)),
    compare(4, 'held', held()),
  ];
  for (const { rules, shape, nsJudge, nsOutcome, nsLimit } of lines) {
    const against = (ns: number) => `${ns.toFixed(0)} ns (${(ns / nsLimit).toFixed(1)}×)`;
    const figures = `verdict ${against(nsJudge)}, outcome alone ${against(nsOutcome)}`;
    console.info(`policy, ${rules} rules, ${shape}: ${figures}, limit ${nsLimit.toFixed(0)} ns`);
  }
  return lines;
}

type Scenario = {
  rules: PolicyRule[];
  action: string;
  counterparty: string;
  amount: number;
  outcome: Outcome;
};

const NOW = new Date(0);
const RUNS = 200_000;
const ROUNDS = 7;

function compare(rules: number, shape: string, scenario: Scenario): BenchLine {
  const document: PolicyDocument = { ...DOCUMENT, rules: scenario.rules };
  const policies: Policies = { org: [compilePolicy(document, META)], agent: null };
  const all = Array.from({ length: 64 }, (_, position) => factsFor(scenario, position));
  const limit = handWritten(scenario.rules);
  const judged = (facts: Facts) => judge(policies, facts, NOW).outcome;
  for (const facts of all) {
    if (judged(facts) !== scenario.outcome || limit(facts) !== scenario.outcome)
      throw new Error('wrong outcome');
  }
  const outcome = (facts: Facts) => judgeOutcome(policies, facts);
  const [nsJudge = 0, nsOutcome = 0, nsLimit = 0] = fastest(all, [judged, outcome, limit]);
  return { rules, shape, nsJudge, nsOutcome, nsLimit };
}

/** The best of several rounds of each, taken in turn, so that all meet the same machine. */
function fastest(all: Facts[], contenders: ((facts: Facts) => Outcome)[]): number[] {
  let best = contenders.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round += 1) {
    best = contenders.map((decide, position) => Math.min(best[position] ?? 0, time(all, decide)));
  }
  return best;
}

function time(all: Facts[], decide: (facts: Facts) => Outcome): number {
  let denied = 0;
  const start = performance.now();
  for (let run = 0; run < RUNS; run += 1) {
    const facts = all[run & 63];
    if (facts && decide(facts) === 'deny') denied += 1;
  }
  const elapsed = performance.now() - start;
  if (denied > 0) throw new Error('nothing in these scenarios is denied');
  return (elapsed * 1e6) / RUNS;
}

/** What somebody would write who needed only these rules: a map of closures, the first allowing one ends it. */
function handWritten(rules: PolicyRule[]): (facts: Facts) => Outcome {
  const byAction = new Map<string, Map<string, ((facts: Facts) => boolean)[]>>();
  for (const rule of rules) {
    const { action, counterparty, below } = termsOf(rule);
    const byParty = byAction.get(action) ?? new Map<string, ((facts: Facts) => boolean)[]>();
    const test = (facts: Facts) => {
      const { payload } = facts;
      if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return false;
      return typeof payload.amount === 'number' && payload.amount < below;
    };
    byParty.set(counterparty, [...(byParty.get(counterparty) ?? []), test]);
    byAction.set(action, byParty);
  }
  return (facts) => {
    const tests = byAction.get(facts.action)?.get(facts.counterparty ?? '') ?? [];
    for (const test of tests) if (test(facts)) return 'allow';
    return 'require_approval';
  };
}

function spread(count: number): Scenario {
  const rules = Array.from({ length: count }, (_, n) => rule(n, `pay.kind-${n}`, 'a.test', 100));
  return { rules, action: `pay.kind-${count - 1}`, counterparty: 'a.test', amount: 5, outcome: 'allow' };
}

function crowded(count: number): Scenario {
  const rules = Array.from({ length: count }, (_, n) => rule(n, 'pay.send', `party-${n}.test`, 100));
  const counterparty = `party-${count - 1}.test`;
  return { rules, action: 'pay.send', counterparty, amount: 5, outcome: 'allow' };
}

function held(): Scenario {
  return { ...spread(4), amount: 500, outcome: 'require_approval' };
}

function rule(n: number, action: string, counterparty: string, below: number): PolicyRule {
  const of: PolicyRule['when'] = {
    kind: 'all',
    of: [
      { kind: 'compare', path: 'counterparty', operator: 'eq', value: counterparty },
      { kind: 'compare', path: 'payload.amount', operator: 'lt', value: below },
    ],
  };
  return { ...RULE, id: `rule-${n}`, actions: [action], when: of };
}

function termsOf(source: PolicyRule): { action: string; counterparty: string; below: number } {
  const parts = source.when?.kind === 'all' ? source.when.of : [];
  const [party, amount] = parts.map((part) => (part.kind === 'compare' ? part.value : ''));
  return { action: source.actions?.[0] ?? '', counterparty: String(party), below: Number(amount) };
}

function factsFor({ action, counterparty, amount }: Scenario, position: number): Facts {
  return {
    action,
    counterparty,
    payload: { amount: amount + position / 64, currency: 'EUR', to: `account-${position}` },
    environment: 'production',
    agent: { id: 'agent', name: 'Agent', labels: {} },
    signals: {},
  };
}

const META = { name: 'bench', version: 1, hash: 'bench' };
const DOCUMENT: PolicyDocument = {
  version: 1,
  name: 'bench',
  default: 'require_approval',
  lists: [],
  actions: [],
  guardrails: [],
  rules: [],
};
const RULE: PolicyRule = {
  id: '',
  actions: null,
  when: null,
  unless: null,
  outcome: 'allow',
  reason: 'Small and known',
  risk: null,
  approvals: null,
  slaSeconds: null,
  expiresSeconds: null,
  onBreach: null,
  editable: null,
};
