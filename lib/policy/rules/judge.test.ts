import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compilePolicy } from '../compile-policy';
import type { PolicyDocument } from '../document';
import { parsePolicy } from '../parse-policy';
import { type Facts, type JsonValue, OUTCOMES, Verdict } from '../schema';
import { arbitraryDocument, arbitraryFacts } from '../testing/arbitrary-policy';
import { judge, type Policies } from './judge';
import { stricterVerdict } from './stricter';

const NOW = new Date(0);
let cases = 0;
afterAll(() => console.info(`judge: ${cases} judgements`));

function compiled(text: string, name = 'org') {
  return compilePolicy(parsePolicy(`version: 1\nname: ${name}\n${text}`), { name, version: 1, hash: name });
}

function decide(policies: Policies, given: Partial<Facts>): Verdict {
  cases += 1;
  const facts: Facts = {
    action: 'payment.send',
    payload: {},
    environment: 'production',
    agent: { id: 'agt_1', name: 'Billing', labels: { team: 'finance' } },
    signals: {},
    ...given,
  };
  return judge(policies, facts, NOW);
}

const under = (text: string, given: Partial<Facts> = {}) =>
  decide({ org: [compiled(text)], agent: null }, given);
const outcome = (text: string, given: Partial<Facts> = {}) => under(text, given).outcome;
const amount = (value: JsonValue): Partial<Facts> => ({ payload: { amount: value } });

describe('strictest wins and order never matters', () => {
  it('joins outcome, approvals, sla, expiry, breach, editable fields and risk', () => {
    const verdict = under(`rules:
  - { id: a, outcome: allow }
  - { id: b, approvals: [{ from: group:x }, { from: owner, count: 2 }], sla: 2h, expires: 4h, editable: [payload.a, payload.b] }
  - { id: c, approvals: [{ from: group:x, count: 3 }], sla: 30m, expires: 1d, on_breach: reject, risk: high, editable: [payload.b.c, payload.d] }`);
    expect(verdict).toMatchObject({
      outcome: 'require_approval',
      risk: 'high',
      requirements: [
        { from: 'group:x', count: 3 },
        { from: 'owner', count: 2 },
      ],
      slaSeconds: 1800,
      expiresSeconds: 14_400,
      onBreach: 'reject',
      editable: ['payload.b.c'],
      policies: [{ name: 'org', hash: 'org' }],
    });
    expect(verdict.reasons.map(({ rule }) => rule)).toEqual(['b', 'c', 'a']);
    expect(Verdict.parse(verdict)).toEqual(verdict);
  });

  it('gives the same verdict in whatever order rules, guardrails and documents stand', () => {
    const runs = 2000;
    const shuffled = fc.tuple(fc.array(arbitraryDocument(), { minLength: 1, maxLength: 3 }), arbitraryFacts);
    fc.assert(
      fc.property(shuffled, ([documents, facts]) => {
        const compile = (document: PolicyDocument, position: number) =>
          compilePolicy(document, { name: `d${position}`, version: 1, hash: `h${position}` });
        const backwards = (document: PolicyDocument): PolicyDocument => ({
          ...document,
          rules: [...document.rules].reverse(),
          guardrails: [...document.guardrails].reverse(),
          actions: [...document.actions].reverse(),
        });
        const one = documents.map(compile);
        const other = documents.map((document, position) => compile(backwards(document), position)).reverse();
        cases += 2;
        expect(judge({ org: other, agent: null }, facts, NOW)).toEqual(
          judge({ org: one, agent: null }, facts, NOW),
        );
      }),
      { numRuns: runs },
    );
  });

  it('decides alike whether rules are found by index or tried one by one', () => {
    const parties = Array.from({ length: 40 }, (_, n) => `p${n % 7}`);
    const rules = parties.map((party, n) => {
      const kind = n % 5;
      const when =
        kind === 0
          ? 'payload.amount: { lt: 5 }'
          : `counterparty: ${n % 2 ? party : `{ in: [${party}, p1] }`}`;
      const more = n % 3 ? '' : `, unless: { payload.amount: { gt: ${n % 9} } }`;
      return `  - { id: r${n}, when: { ${when} }${more}, outcome: ${['allow', 'allow', 'require_approval', 'allow', 'deny'][n % 5]}, risk: ${['low', 'medium', 'high'][n % 3]} }`;
    });
    const whole = { org: [compiled(`rules:\n${rules.join('\n')}`)], agent: null };
    expect(whole.org[0]?.planFor('payment.send')?.rules.index).not.toBeNull();
    const chunks = Array.from({ length: 5 }, (_, n) =>
      compiled(`rules:\n${rules.slice(n * 8, n * 8 + 8).join('\n')}`, `org${n}`),
    );
    const odd = [null, 5, ['p1']] as unknown as string[]; // as: what a door would refuse must not be judged loosely either
    for (const counterparty of [undefined, 'p0', 'p1', 'p6', 'nobody', '', ...odd]) {
      for (const value of [undefined, 0, 4, 8, '4', null, [4]] as (JsonValue | undefined)[]) {
        const payload: JsonValue = value === undefined ? {} : { amount: value };
        const given = { counterparty, payload };
        const names = (verdict: Verdict) => verdict.reasons.map(({ rule }) => rule).sort();
        const [one, other] = [decide(whole, given), decide({ org: chunks, agent: null }, given)];
        expect(names(one)).toEqual(names(other));
        expect([one.outcome, one.risk, one.requirements]).toEqual([
          other.outcome,
          other.risk,
          other.requirements,
        ]);
      }
    }
  });
});

describe('layers', () => {
  const org = compiled(`default: deny
guardrails: [{ id: g, when: { payload.amount: { gt: 1000 } }, outcome: deny }]
rules: [{ id: o, when: { payload.amount: { gt: 10 } }, approvals: [{ from: group:org }] }]`);
  const agent = compiled(
    `guardrails: [{ id: h, when: { payload.secret: true }, outcome: deny }]
rules:
  - { id: a, when: { payload.amount: { lt: 100 } }, outcome: allow }
  - { id: b, when: { payload.risky: true }, approvals: [{ from: owner }] }`,
    'agent',
  );
  const judged = (payload: { [key: string]: JsonValue }) =>
    decide({ org: [org], agent }, { payload: { secret: false, ...payload } });

  it('lets an agent’s own document replace the org’s rules where one of its rules matched true', () => {
    expect(judged({ amount: 50, risky: false })).toMatchObject({ outcome: 'allow' });
    expect(judged({ amount: 500, risky: true }).requirements).toEqual([{ from: 'owner', count: 1 }]);
  });

  it('joins what the agent’s document matched by unknown with the org’s rules', () => {
    expect(judged({ amount: 500 }).requirements).toEqual([
      { from: 'group:org', count: 1 },
      { from: 'owner', count: 1 },
    ]);
  });

  it('applies the org’s default where no rule of either matched', () => {
    expect(judged({ amount: 5, risky: false }).outcome).toBe('allow');
    expect(decide({ org: [org], agent: null }, amount(5))).toMatchObject({
      outcome: 'deny',
      reasons: [{ rule: 'default', document: 'org' }],
    });
  });

  it('joins guardrails of every document on top', () => {
    expect(judged({ amount: 2000, risky: true }).outcome).toBe('deny');
    expect(judged({ amount: 50, risky: false, secret: true }).outcome).toBe('deny');
  });

  it('takes the strictest default of several documents, and ignores an agent document’s', () => {
    const lax = compiled('default: require_approval', 'lax');
    const strict = compiled('default: deny', 'strict');
    expect(decide({ org: [lax, strict], agent: null }, {}).outcome).toBe('deny');
    expect(decide({ org: [lax], agent: strict }, {}).outcome).toBe('require_approval');
  });

  it('lets the default stand beside matches by unknown, so that leaving a fact out never beats a default of deny', () => {
    const text = 'default: deny\nrules: [{ id: r, when: { payload.amount: { lte: 500 } } }]';
    expect(outcome(text, amount(100))).toBe('require_approval');
    expect(outcome(text, amount(5000))).toBe('deny');
    expect(outcome(text, amount('5000'))).toBe('deny');
    expect(outcome(text)).toBe('deny');
  });
});

describe('nothing published, or nothing that can be judged', () => {
  it.each([
    ['no document', { org: [], agent: null }, {}],
    ['an agent’s document alone', { org: [], agent: compiled('rules: [{ id: a, outcome: allow }]') }, {}],
    [
      'an action in capitals',
      { org: [compiled('rules: [{ id: a, outcome: allow }]')], agent: null },
      { action: 'A.b' },
    ],
    [
      'an empty action',
      { org: [compiled('rules: [{ id: a, outcome: allow }]')], agent: null },
      { action: '' },
    ],
    [
      'a risk that is none',
      { org: [compiled('rules: [{ id: a, outcome: allow }]')], agent: null },
      { risk: 'none' },
    ],
    [
      'an impact that is none',
      { org: [compiled('rules: [{ id: a, outcome: allow }]')], agent: null },
      { impact: 'x' },
    ],
  ] as [string, Policies, Partial<Facts>][])('denies with %s', (_what, policies, given) => {
    expect(decide(policies, given)).toMatchObject({ outcome: 'deny', requirements: [], wouldAllowIf: [] });
  });

  it('never throws, whatever it is given', () => {
    const odd = [null, undefined, 5, {}, { org: null }, { org: [null] }, { org: [{}], agent: 5 }];
    for (const policies of odd) {
      const verdict = judge(policies as unknown as Policies, {} as Facts, NOW); // as: exactly what types forbid
      expect(verdict).toMatchObject({ outcome: 'deny', reasons: [{ document: 'built-in' }] });
    }
  });
});

const without: { what: string; change: (facts: Facts) => Facts }[] = [
  { what: 'counterparty', change: (facts) => ({ ...facts, counterparty: undefined }) },
  { what: 'confidence', change: (facts) => ({ ...facts, confidence: undefined }) },
  { what: 'signals', change: (facts) => ({ ...facts, signals: {} }) },
  { what: 'payload', change: (facts) => ({ ...facts, payload: {} }) },
  { what: 'payload as null', change: (facts) => ({ ...facts, payload: null }) },
  {
    what: 'payload.amount',
    change: (facts) => ({ ...facts, payload: changed(facts.payload, 'amount', undefined) }),
  },
  {
    what: 'payload.amount as null',
    change: (facts) => ({ ...facts, payload: changed(facts.payload, 'amount', null) }),
  },
  {
    what: 'payload.amount as list',
    change: (facts) => ({ ...facts, payload: changed(facts.payload, 'amount', []) }),
  },
  {
    what: 'payload.amount as map',
    change: (facts) => ({ ...facts, payload: changed(facts.payload, 'amount', {}) }),
  },
  {
    what: 'payload.deep as text',
    change: (facts) => ({ ...facts, payload: changed(facts.payload, 'deep', 'x') }),
  },
  {
    what: 'payload.tags',
    change: (facts) => ({ ...facts, payload: changed(facts.payload, 'tags', undefined) }),
  },
];

function changed(payload: JsonValue, key: string, value: JsonValue | undefined): JsonValue {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return payload;
  const { [key]: _dropped, ...rest } = payload;
  return value === undefined ? rest : { ...rest, [key]: value };
}

describe('unknown never helps the agent', () => {
  // What holds: taking a fact away, or giving it a type that no operator takes, never loosens the outcome. Two things are
  // no such facts: `exists` asks about absence itself, and `contains` takes a list as well as a text.
  it('Unknown never helps the agent.', () => {
    const runs = 5000;
    const rank = (one: Verdict) => OUTCOMES.indexOf(one.outcome);
    const documents = fc.tuple(arbitraryDocument(false), fc.option(arbitraryDocument(false)), arbitraryFacts);
    fc.assert(
      fc.property(documents, fc.constantFrom(...without), ([org, agent, facts], { what, change }) => {
        fc.pre(!what.endsWith('list') || !JSON.stringify([org, agent]).includes('"contains"'));
        const compile = (document: PolicyDocument) =>
          compilePolicy(document, { name: 'd', version: 1, hash: 'h' });
        const policies = { org: [compile(org)], agent: agent && compile(agent) };
        cases += 2;
        expect(rank(judge(policies, change(facts), NOW))).toBeGreaterThanOrEqual(
          rank(judge(policies, facts, NOW)),
        );
      }),
      { numRuns: runs },
    );
  }, 60_000);

  const tiers = `rules:
  - { id: small, when: { payload.amount: { lt: 50 } }, outcome: allow }
  - { id: large, when: { payload.amount: { gt: 500 } }, outcome: deny }`;
  it.each([
    [10, 'allow'],
    [-0, 'allow'],
    [50, 'require_approval'],
    [501, 'deny'],
    ['10', 'deny'],
    ['10 ', 'deny'],
    [null, 'deny'],
    [[10], 'deny'],
    [[], 'deny'],
    [{ value: 10 }, 'deny'],
    [true, 'deny'],
    [2 ** 53, 'deny'],
    [-(2 ** 53), 'deny'],
    [Number.NaN, 'deny'],
    [Number.NEGATIVE_INFINITY, 'deny'],
  ] as [JsonValue, string][])('gives an amount of %j the outcome %s', (value, expected) => {
    expect(outcome(tiers, amount(value))).toBe(expected);
  });

  it.each([
    'eq: 5',
    'ne: 5',
    'in: [5]',
    'not_in: [5]',
    'not: { eq: 5 }',
    'not: { in: [5] }',
    'any: { ne: 5 }',
    'all: { ne: 5 }',
    'ends_with: x',
    'not: { contains: x }',
  ])('never permits on a missing or null fact by %s', (test) => {
    const text = `rules: [{ id: r, outcome: allow, when: { payload.x: { ${test} } } }]`;
    expect(outcome(text)).toBe('require_approval');
    expect(outcome(text, { payload: { x: null } })).toBe('require_approval');
    const unless = `rules: [{ id: r, outcome: allow, unless: { payload.x: { ${test} } } }]`;
    expect(outcome(unless)).toBe('require_approval');
  });

  it.each(['__proto__', 'constructor', 'toString', 'length', 'hasOwnProperty'])(
    'does not see %s unless the payload itself has it',
    (key) => {
      const text = `rules: [{ id: r, outcome: allow, when: { payload.${key}: { exists: true } } }]`;
      expect(outcome(text)).toBe('require_approval');
      expect(outcome(text, { payload: [1, 2] })).toBe('require_approval');
      expect(outcome(text, { payload: JSON.parse(`{"${key}": 1}`) })).toBe('allow');
      const inner = `rules: [{ id: r, outcome: allow, when: { payload.list.${key}: { exists: true } } }]`;
      expect(outcome(inner, { payload: { list: [1] } })).toBe('require_approval');
      const label = `rules: [{ id: r, outcome: allow, when: { agent.labels.${key}: { exists: true } } }]`;
      expect(outcome(label)).toBe('require_approval');
    },
  );

  it('names the facts that it could not see', () => {
    const [reason] = under(
      `rules: [{ id: r, when: { payload.amount: { gt: 5 }, counterparty: x, payload.to: { any: { eq: y } } } }]`,
      {
        counterparty: 'x',
        payload: { amount: '6', to: [] },
      },
    ).reasons;
    expect(reason).toMatchObject({ rule: 'r', missing: ['payload.amount', 'payload.to'] });
    expect(reason?.text).toBe(
      'The rule “r” asks for approval, because it cannot see payload.amount, payload.to.',
    );
  });
});

describe('reasons', () => {
  it('state the comparisons that made a rule match, as they held', () => {
    const [reason] = under(
      `rules: [{ id: r, reason: Too much, when: { payload.amount: { gt: 5000 }, any: [{ counterparty: a }, { environment: production }] }, unless: { payload.to: { ends_with: "@us.test" } } }]`,
      { counterparty: 'b', payload: { amount: 6000, to: 'x@them.test' } },
    ).reasons;
    expect(reason).toEqual({
      document: 'org',
      rule: 'r',
      guardrail: false,
      outcome: 'require_approval',
      text: 'Too much',
      missing: [],
      facts: [
        { path: 'payload.amount', operator: 'gt', value: 6000, threshold: 5000 },
        { path: 'environment', operator: 'eq', value: 'production', threshold: 'production' },
        { path: 'payload.to', operator: 'not_ends_with', value: 'x@them.test', threshold: '@us.test' },
      ],
    });
  });

  it('name the elements of a list that decided', () => {
    const [reason] = under(
      `rules: [{ id: r, when: { payload.to: { any: { not: { ends_with: "@us.test" } } } } }]`,
      {
        payload: { to: ['a@us.test', 'b@them.test'] },
      },
    ).reasons;
    expect(reason?.facts).toEqual([
      { path: 'payload.to.1', operator: 'not_ends_with', value: 'b@them.test', threshold: '@us.test' },
    ]);
  });
});

describe('lists and nesting', () => {
  it.each([
    ['any: { eq: a }', ['b', 'a'], 'allow'],
    ['any: { eq: a }', [5, 'a'], 'allow'],
    ['any: { eq: a }', [5, 'b'], 'require_approval'],
    ['all: { eq: a }', ['a', 'a'], 'allow'],
    ['all: { eq: a }', ['a', 5], 'require_approval'],
    ['all: { starts_with: a, ends_with: b }', ['ab', 'aab'], 'allow'],
    ['all: { eq: a }', [], 'require_approval'],
    ['any: { eq: a }', 'a', 'require_approval'],
    ['contains: a', ['b', 'a'], 'allow'],
    ['contains: a', 'bab', 'allow'],
    ['contains: 5', ['5'], 'require_approval'],
    ['eq: a', ['a'], 'require_approval'],
    ['not: { contains: a }', ['b'], 'allow'],
    ['not: { contains: a }', [5], 'require_approval'],
    ['any: { any: { eq: a } }', [['b'], ['a']], 'allow'],
  ] as [string, JsonValue, string][])('%s on %j gives %s', (test, value, expected) => {
    expect(
      outcome(`rules: [{ id: r, outcome: allow, when: { payload.x: { ${test} } } }]`, {
        payload: { x: value },
      }),
    ).toBe(expected);
  });

  it('reaches into lists by position', () => {
    const text = 'rules: [{ id: r, outcome: allow, when: { payload.lines.1.amount: 5 } }]';
    expect(outcome(text, { payload: { lines: [{ amount: 1 }, { amount: 5 }] } })).toBe('allow');
    expect(outcome(text, { payload: { lines: [{ amount: 5 }] } })).toBe('require_approval');
    expect(outcome(text, { payload: { lines: { 1: { amount: 5 } } } })).toBe('allow');
  });

  it.each([
    ['payment.send', 'payment.send', true],
    ['payment.*', 'payment.send.now', true],
    ['payment.*', 'payment', false],
    ['*.send', 'a.b.send', true],
    ['p*t.*d', 'payment.send', true],
    ['*a*b*a*', 'ba.b', false],
    ['*', 'anything.at-all_1', true],
    ['aa*a', 'aa', false],
  ])('the pattern %s on %s matches: %s', (pattern, action, matches) => {
    const text = `rules: [{ id: r, outcome: allow, action: "${pattern}" }]`;
    expect(outcome(text, { action })).toBe(matches ? 'allow' : 'require_approval');
  });
});

describe('risk', () => {
  const matrix = (row: string) => `actions: { payment.*: { ${row} } }\nrules: [{ id: r, outcome: allow }]`;
  it.each([
    ['impact: low', {}, 'low'],
    ['impact: medium, reversibility: low', {}, 'medium'],
    ['impact: high, reversibility: low', {}, 'high'],
    ['impact: high, reversibility: low, regulatory: high', {}, 'critical'],
    ['impact: low', { impact: 'high', reversibility: 'low' }, 'high'],
    ['impact: high', { impact: 'low' }, 'medium'],
    ['impact: low', { reversibility: 'high' }, 'low'],
    ['impact: low', { regulatory: 'low', reversibility: 'high' }, 'medium'],
    ['impact: low', { risk: 'high' }, 'high'],
    ['impact: high, reversibility: low', { risk: 'low' }, 'high'],
  ] as [string, Partial<Facts>, string][])('%s with %j is %s', (row, given, expected) => {
    expect(under(matrix(row), given).risk).toBe(expected);
  });

  it('is low where nothing declares or derives one, and unknown to conditions', () => {
    const text = 'rules: [{ id: r, outcome: allow, when: { risk: low } }]';
    expect(under(text)).toMatchObject({ risk: 'low', outcome: 'require_approval' });
    expect(under(text, { risk: 'low' })).toMatchObject({ risk: 'low', outcome: 'allow' });
  });

  it('shows conditions the risk before rules add theirs', () => {
    const text =
      'rules: [{ id: a, risk: high, outcome: allow }, { id: b, when: { risk: high }, outcome: deny }]';
    expect(under(text, { risk: 'medium' })).toMatchObject({ risk: 'high', outcome: 'allow' });
  });
});

describe('the floor', () => {
  it('A critical request never auto-approves.', () => {
    const runs = 5000;
    let critical = 0;
    fc.assert(
      fc.property(
        arbitraryDocument(),
        fc.option(arbitraryDocument()),
        arbitraryFacts,
        (org, agent, facts) => {
          const compile = (document: PolicyDocument) =>
            compilePolicy(document, { name: 'd', version: 1, hash: 'h' });
          const verdict = judge({ org: [compile(org)], agent: agent && compile(agent) }, facts, NOW);
          cases += 1;
          if (verdict.outcome === 'require_approval') {
            expect(verdict.slaSeconds).toBeGreaterThan(0);
            expect(verdict.expiresSeconds).toBeGreaterThanOrEqual(verdict.slaSeconds ?? Number.NaN);
            expect(verdict.expiresSeconds).toBeLessThanOrEqual(604_800);
            expect(verdict.requirements.length).toBeGreaterThan(0);
          }
          if (facts.risk === 'critical') expect(verdict.risk).toBe('critical');
          if (verdict.risk !== 'critical') return;
          critical += 1;
          expect(verdict.outcome).not.toBe('allow');
          const people = verdict.requirements.reduce((sum, { count }) => sum + count, 0);
          if (verdict.outcome === 'require_approval') expect(people).toBeGreaterThanOrEqual(2);
        },
      ),
      { numRuns: runs },
    );
    console.info(`floor: ${critical} critical of ${runs} random judgements`);
    expect(critical).toBeGreaterThan(runs / 20);
  }, 60_000);

  it('asks for a second person on critical unless the document names more', () => {
    const critical = (approvals: string) => under(`rules: [{ id: r, risk: critical${approvals} }]`);
    expect(critical('').requirements).toEqual([
      { from: 'approvers', count: 1 },
      { from: 'any', count: 1 },
    ]);
    expect(critical(', approvals: [{ from: owner }]').requirements).toEqual([
      { from: 'owner', count: 1 },
      { from: 'any', count: 1 },
    ]);
    expect(critical(', approvals: [{ from: group:a, count: 2 }]').requirements).toEqual([
      { from: 'group:a', count: 2 },
    ]);
    expect(critical(', outcome: allow')).toMatchObject({
      outcome: 'require_approval',
      slaSeconds: 1800,
      onBreach: 'hold',
    });
    expect(critical(', outcome: allow').reasons.map(({ rule }) => rule)).toEqual(['floor', 'r']);
  });

  it.each([
    ['low', 86_400],
    ['medium', 14_400],
    ['high', 3600],
    ['critical', 1800],
  ])('gives %s risk its own time to respond', (risk, seconds) => {
    expect(under(`rules: [{ id: r, risk: ${risk} }]`)).toMatchObject({
      slaSeconds: seconds,
      expiresSeconds: 86_400,
    });
  });

  it('keeps the respond-by time within the expiry', () => {
    expect(under('rules: [{ id: r, expires: 1h }]')).toMatchObject({
      slaSeconds: 3600,
      expiresSeconds: 3600,
    });
    expect(under('rules: [{ id: r, sla: 3d }]')).toMatchObject({
      slaSeconds: 259_200,
      expiresSeconds: 259_200,
    });
  });
});

describe('monotony', () => {
  const rank = (one: Verdict) => OUTCOMES.indexOf(one.outcome);
  it('no added guardrail, and no restricting rule added where one matched, makes anything more permitted', () => {
    const runs = 3000;
    fc.assert(
      fc.property(arbitraryDocument(), arbitraryDocument(), arbitraryFacts, (document, source, facts) => {
        const judged = (one: PolicyDocument) =>
          judge({ org: [compilePolicy(one, { name: 'd', version: 1, hash: 'h' })], agent: null }, facts, NOW);
        const before = judged(document);
        const guarded = judged({ ...document, guardrails: [...document.guardrails, ...source.guardrails] });
        expect(rank(guarded)).toBeGreaterThanOrEqual(rank(before));
        cases += 3;
        if (before.reasons.some(({ rule }) => rule === 'default')) return;
        const restricting = source.rules.filter((rule) => rule.outcome !== 'allow');
        const tightened = judged({ ...document, rules: [...document.rules, ...restricting] });
        expect(rank(tightened)).toBeGreaterThanOrEqual(rank(before));
      }),
      { numRuns: runs },
    );
  }, 60_000);
});

describe('what would have been allowed', () => {
  const text = `rules:
  - { id: small, when: { payload.amount: { lt: 50 }, counterparty: { in: [a.test, b.test] } }, outcome: allow }
  - { id: other, unless: { payload.amount: { lt: 50 }, counterparty: { in: [a.test, b.test] } } }`;

  it('names the one fact that decides', () => {
    expect(under(text, { counterparty: 'a.test', ...amount(60) }).wouldAllowIf).toEqual([
      'payload.amount < 50',
    ]);
    expect(under(text, { counterparty: 'x.test', ...amount(6) }).wouldAllowIf).toEqual([
      'counterparty in [a.test, b.test]',
    ]);
    expect(under(text, { counterparty: 'a.test' }).wouldAllowIf).toEqual(['payload.amount < 50']);
  });

  it('says nothing where two facts would have to change, or none can', () => {
    expect(under(text, { counterparty: 'x.test', ...amount(60) }).wouldAllowIf).toEqual([]);
    expect(under(text, { counterparty: 'a.test', risk: 'critical', ...amount(60) }).wouldAllowIf).toEqual([]);
    expect(under(text, { counterparty: 'a.test', ...amount(6) })).toMatchObject({
      outcome: 'allow',
      wouldAllowIf: [],
    });
  });

  it('never coaches an agent to claim more about itself', () => {
    const claims = 'rules: [{ id: r, outcome: allow, when: { confidence: { gt: 0.9 } } }]';
    expect(under(claims, { confidence: 0.5 }).wouldAllowIf).toEqual([]);
  });
});

describe('the stricter of two verdicts', () => {
  it('is associative, commutative and idempotent, and never looser than either', () => {
    const runs = 2000;
    const verdict = fc
      .tuple(arbitraryDocument(), arbitraryFacts)
      .map(([document, facts]) =>
        judge(
          { org: [compilePolicy(document, { name: 'd', version: 1, hash: 'h' })], agent: null },
          facts,
          NOW,
        ),
      );
    fc.assert(
      fc.property(verdict, verdict, verdict, (a, b, c) => {
        cases += 3;
        expect(stricterVerdict(a, a)).toEqual(a);
        const joined = stricterVerdict(a, b);
        expect(joined).toEqual(stricterVerdict(b, a));
        expect(OUTCOMES.indexOf(joined.outcome)).toBe(
          Math.max(OUTCOMES.indexOf(a.outcome), OUTCOMES.indexOf(b.outcome)),
        );
        expect(stricterVerdict(joined, c)).toEqual(stricterVerdict(a, stricterVerdict(b, c)));
      }),
      { numRuns: runs },
    );
  }, 60_000);
});
