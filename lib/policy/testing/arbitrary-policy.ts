import fc from 'fast-check';
import type { Comparison, Condition, PolicyDocument, PolicyRule } from '../document';
import type { Facts, JsonValue } from '../schema';

// Random documents and facts for the property tests, drawn from small pools so that they often meet.

const PATHS = [
  'payload.amount',
  'payload.deep.x',
  'payload.tags',
  'counterparty',
  'signals.s',
  'confidence',
  'risk',
];
const WORDS = ['a', 'ab', 'b', 'high', 'low', 'critical', ''];
const NUMBERS = [0, 1, 5, 5.5, 10];

const word = fc.constantFrom(...WORDS);
const number = fc.constantFrom(...NUMBERS);
const scalar = fc.oneof(word, number, fc.boolean());
const path = fc.constantFrom(...PATHS);

const operatorAndValue: fc.Arbitrary<Pick<Comparison, 'operator' | 'value'>> = fc.oneof(
  fc.record({ operator: fc.constantFrom('eq' as const, 'ne' as const), value: scalar }),
  fc.record({
    operator: fc.constantFrom('gt' as const, 'gte' as const, 'lt' as const, 'lte' as const),
    value: number,
  }),
  fc.record({
    operator: fc.constantFrom('in' as const, 'not_in' as const),
    value: fc.array(scalar, { maxLength: 3 }),
  }),
  fc.record({ operator: fc.constantFrom('starts_with' as const, 'ends_with' as const), value: word }),
  fc.record({ operator: fc.constant('contains' as const), value: scalar }),
);
const exists = fc.record({ operator: fc.constant('exists' as const), value: fc.boolean() });

/** A condition over the pools; `withExists` false leaves out `exists`, which alone answers about absence itself. */
function condition(withExists: boolean): fc.Arbitrary<Condition> {
  const test = withExists
    ? fc.oneof({ weight: 8, arbitrary: operatorAndValue }, { weight: 1, arbitrary: exists })
    : operatorAndValue;
  const leafOn = (where: fc.Arbitrary<string>): fc.Arbitrary<Condition> =>
    fc.tuple(where, test).map(([at, one]) => ({ kind: 'compare', path: at, ...one }));
  const leaf = leafOn(path);
  return fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const),
        of: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), of: tie('node') }),
      fc.record({
        kind: fc.constantFrom('some' as const, 'every' as const),
        path: fc.constant('payload.tags'),
        of: fc.oneof(
          leafOn(fc.constant('')),
          leafOn(fc.constant('')).map((of): Condition => ({ kind: 'not', of })),
        ),
      }),
    ),
  })).node;
}

const ACTIONS = ['pay.send', 'pay.*', '*', 'mail.send', '*.send', 'p*y.*d'];
const requirement = fc.record({
  from: fc.constantFrom('approvers', 'owner', 'group:a', 'group:b', 'user:a@b.test'),
  count: fc.integer({ min: 1, max: 3 }),
});
const seconds = fc.option(fc.constantFrom(60, 3600, 604_800, 90_000));
const level = fc.constantFrom('low' as const, 'medium' as const, 'high' as const);
const risk = fc.constantFrom('low' as const, 'medium' as const, 'high' as const, 'critical' as const);

function rule(withExists: boolean, guardrail: boolean): fc.Arbitrary<PolicyRule> {
  const sometimes = fc.option(condition(withExists), { freq: 3 });
  return fc.record({
    id: fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1'), minLength: 1, maxLength: 8 }),
    actions: fc.option(fc.array(fc.constantFrom(...ACTIONS), { minLength: 1, maxLength: 2 })),
    when: sometimes,
    unless: fc.option(condition(withExists), { freq: 1 }),
    outcome: guardrail
      ? fc.constantFrom('require_approval' as const, 'deny' as const)
      : fc.constantFrom('allow' as const, 'allow' as const, 'require_approval' as const, 'deny' as const),
    reason: fc.constant(null),
    risk: fc.option(risk, { freq: 1 }),
    approvals: fc.option(
      fc.uniqueArray(requirement, { minLength: 1, maxLength: 2, selector: ({ from }) => from }),
    ),
    slaSeconds: seconds,
    expiresSeconds: seconds,
    onBreach: fc.option(fc.constantFrom('hold' as const, 'reject' as const)),
    editable: fc.option(
      fc.array(fc.constantFrom('payload.amount', 'payload.deep', 'payload.deep.x', 'payload.to'), {
        maxLength: 3,
      }),
    ),
  });
}

export function arbitraryDocument(withExists = true): fc.Arbitrary<PolicyDocument> {
  const rules = (guardrail: boolean, maxLength: number) =>
    fc.uniqueArray(rule(withExists, guardrail), { maxLength, selector: ({ id }) => id });
  return fc.record({
    version: fc.constant(1 as const),
    name: fc.constant('any'),
    default: fc.constantFrom('require_approval' as const, 'deny' as const),
    lists: fc.constant([]),
    actions: fc.array(
      fc.record({
        action: fc.constantFrom(...ACTIONS),
        impact: fc.option(level),
        reversibility: fc.option(level),
        regulatory: fc.option(level),
      }),
      { maxLength: 2 },
    ),
    guardrails: rules(true, 1),
    rules: rules(false, 4),
  });
}

const oddValue: fc.Arbitrary<JsonValue> = fc.oneof(
  scalar,
  number,
  fc.constantFrom<JsonValue>(null, '5', [], {}, [5], ['a'], 9007199254740992, { x: null }),
);
const missing = fc.constant(undefined);

export const arbitraryFacts: fc.Arbitrary<Facts> = fc.record({
  action: fc.constantFrom('pay.send', 'pay.refund', 'mail.send'),
  payload: fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record(
        {
          amount: oddValue,
          deep: fc.oneof(fc.record({ x: oddValue }, { requiredKeys: [] }), oddValue),
          tags: fc.oneof(fc.array(oddValue, { maxLength: 3 }), fc.array(word, { maxLength: 3 }), oddValue),
        },
        { requiredKeys: [] },
      ) as fc.Arbitrary<JsonValue>, // as: records of JSON are JSON
    },
    { weight: 1, arbitrary: oddValue },
  ),
  counterparty: fc.oneof(word, missing),
  environment: fc.constant('production'),
  agent: fc.constant({ id: 'agent', name: 'Agent', labels: {} }),
  risk: fc.oneof({ weight: 3, arbitrary: missing }, { weight: 1, arbitrary: risk }),
  confidence: fc.oneof(number, missing),
  impact: fc.oneof({ weight: 3, arbitrary: missing }, { weight: 1, arbitrary: level }),
  reversibility: fc.oneof({ weight: 3, arbitrary: missing }, { weight: 1, arbitrary: level }),
  regulatory: fc.oneof({ weight: 3, arbitrary: missing }, { weight: 1, arbitrary: level }),
  signals: fc.record({ s: oddValue }, { requiredKeys: [] }) as fc.Arbitrary<Facts['signals']>, // as: records of JSON are JSON
});
