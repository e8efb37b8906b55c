import { beforeAll, expect, test } from 'vitest';
import { makeOrg, type TestOrg, usualPolicy } from '@/lib/approvals/testing/test-org';
import { AppError } from '@/lib/kernel/errors';
import { publishPolicy } from '@/lib/policy/publish-policy';
import { agentLane } from './agent-lane';

process.env.RATE_LIMIT_PER_MINUTE = '1000000';

type Random = (below: number) => number;
type Sent = {
  method: string;
  path: string;
  body: Uint8Array<ArrayBuffer> | string | null;
  headers: Record<string, string>;
};

let org: TestOrg;
let id: string;

beforeAll(async () => {
  org = await makeOrg();
  id = (await org.ask()).id;
});

/** A reproducible stream of numbers (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

// `signals.trusted: true` alone would be allowed: nothing that is not exactly that may pass for it.
const base = {
  action: 'refund.create',
  summary: 'Refund',
  payload: { amount: 80, to: 'DE89', list: [1, 2], deep: { x: null } },
  counterparty: 'hetzner.com',
  environment: 'production',
  initiator: 'dana@acme.test',
  confidence: 0.71,
  risk: 'low',
  signals: { score: 0.1 },
  evidence: [{ label: 'Contract', value: 'CON-1' }],
  context: { runId: 'run_1', inputs: { a: 1 }, steps: [{ name: 's', output: 'o' }] },
  sensitive: ['payload.to'],
  externalRef: 'call_9',
};
const fields = Object.keys(base);
const nearlyTrue = [
  '"true"',
  '1',
  '[true]',
  '{"eq":true}',
  'null',
  '"TRUE"',
  '{}',
  '[]',
  '"1"',
  'True',
  '"\\u0000true"',
  '1e0',
];
const odd = [
  'null',
  'true',
  '-0',
  '1e400',
  '1e308',
  '9007199254740993',
  '0.1e-400',
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"a\\u0000b"',
  '[]',
  '{}',
  '[[]]',
  '{"__proto__":1}',
  '{"constructor":{"prototype":1}}',
  '"\u202e\u200b\ufeff"',
  '"\\u2028"',
  '"😀"',
  'NaN',
  '01',
  '+1',
  '.5',
  '[1,]',
  '{"a":1,"a":2}',
  '{"":""}',
  '"x".',
  '"\\x41"',
  'undefined',
  '"\'; DROP TABLE requests; --"',
  `"${'x'.repeat(20_000)}"`,
  `[${'0,'.repeat(3000)}0]`,
  '['.repeat(40) + ']'.repeat(40),
  '["\\ufffe"]',
  '"\\\\u0000"',
];
const paths = [
  '/v1/authorize',
  '/v1/authorize?dry_run=true',
  '/v1/authorize?dry_run=maybe',
  '/v1/tokens/verify',
  '/v1/tokens/redeem',
  '/v1/requests/{id}/cancel',
  '/v1/requests/{id}/result',
  '/v1/requests/%00/cancel',
  '/v1/requests/req_x/result',
];
const oddHeaders: Record<string, string>[] = [
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-encoding': 'gzip' },
  { 'idempotency-key': 'ä' },
  { 'idempotency-key': 'k'.repeat(300) },
  { 'idempotency-key': '' },
  { prefer: 'wait=99999999999' },
  { authorization: 'Bearer x' },
  { authorization: 'Basic eDp4' },
  { 'x-request-id': 'a b' },
  { 'content-length': '999999999' },
  { 'idempotency-key': 'again' },
];

const queries = [
  'action=%00',
  'runId=%00',
  'externalRef=a%00b',
  'status=none',
  'limit=0',
  'limit=1e9',
  'cursor=x',
  'cursor=%00',
  'a=b',
  'limit=NaN',
  '%',
  'action=%ff',
  `action=${'x'.repeat(5000)}`,
];

/** One bad call. */
function malformed(random: Random): Sent {
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T; // never empty
  const text = JSON.stringify(base);
  const path = (random(10) < 6 ? '/v1/authorize' : pick(paths)).replace('{id}', id);
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${org.key}`,
    ...(random(12) === 0 && pick(oddHeaders)),
  };
  const sent = (body: Sent['body']): Sent => ({ method: 'POST', path, body, headers });
  const bytes = new TextEncoder().encode(text);
  switch (random(12)) {
    case 10:
      return { method: 'GET', path: `/v1/requests?${pick(queries)}`, body: null, headers };
    case 0:
      return sent(text.slice(0, random(text.length)));
    case 1:
    case 2: {
      for (let n = 0; n <= random(3); n++) bytes[random(bytes.length)] = random(256);
      return sent(bytes);
    }
    case 3:
      return sent(Uint8Array.from({ length: random(400) }, () => random(256)));
    case 4:
    case 5: {
      const field = pick(fields);
      const rest = JSON.stringify({ ...base, [field]: undefined }).slice(1);
      return sent(`{"${field}":${pick(odd)},${rest}`);
    }
    case 6:
      return sent(text.replace('"amount":80', `"amount":${pick(odd)}`));
    case 7:
      return sent(
        text.replace(
          '"score":0.1',
          `"trusted":${pick([...nearlyTrue, ...odd.filter((value) => value !== 'true')])}`,
        ),
      );
    case 8:
      return sent(
        text.replace(
          '"score":0.1',
          `"score":1,${pick(['"trusted":false,"trusted":true', '"trusted":true,"trusted":true', '"__proto__":{"trusted":true}', '"trusted ":true', '"Trusted":true', '"trusted\\u0000":true'])}`,
        ),
      );
    case 9:
      return sent(
        `${pick(['\ufeff', ' ', '\u0000', '//x\n', '[', '{', ','])}${text}${pick(['', '}', ',', text, '\u0000'])}`,
      );
    default:
      return sent(
        pick([
          `"${'a'.repeat(140_000)}"`,
          '['.repeat(60_000),
          '{"a":'.repeat(20_000),
          `{${Array.from({ length: 3000 }, (_, n) => `"k${n}":0`).join()}}`,
          null,
          '',
          'null',
          '0',
          '[]',
        ]),
      );
  }
}

async function send({ method, path, body, headers }: Sent): Promise<Response> {
  const lane = agentLane(method, path.split('?')[0] ?? '');
  if (!lane) throw new Error(`no lane for ${path}`);
  const sendable: [string, string][] = Object.entries(headers).filter(([, value]) =>
    /^[\x20-\x7e]*$/.test(value),
  );
  return lane(new Request(`http://desk.test${path}`, { method, headers: sendable, body }));
}

/** Watches how long the event loop is held: wall time between ticks, as far as this process computed in it. */
function watchLoop(): () => { longest: number; gap: number } {
  let [longest, gap, last, cpu] = [0, 0, performance.now(), process.cpuUsage()];
  const timer = setInterval(() => {
    const now = performance.now();
    const used = process.cpuUsage(cpu);
    const passed = now - last;
    gap = Math.max(gap, passed);
    longest = Math.max(longest, Math.min(passed, (used.user + used.system) / 1000));
    last = now;
    cpu = process.cpuUsage();
  }, 5);
  return () => {
    clearInterval(timer);
    return { longest, gap };
  };
}

test('Ten thousand malformed calls and policies: no failure of ours, nothing allowed, the event loop never held', async () => {
  const [calls, policies, atOnce] = [8500, 1500, 4];
  const random = randomFrom(20_261_120);
  const statuses = new Map<number, number>();
  const bad: unknown[] = [];
  // Warm, so that compiling is not measured.
  for (let n = 0; n < 200; n++) await send(malformed(random));
  const stop = watchLoop();
  for (let n = 0; n < calls; n += atOnce) {
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        const sent = malformed(random);
        const response = await send(sent);
        const text = await response.text();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        const isAllowed =
          response.ok && /"decision":"allow"|"status":"allowed"|"execution":"redeemed"/.test(text);
        if (response.status >= 500 || isAllowed)
          bad.push({ path: sent.path, body: String(sent.body).slice(0, 600), status: response.status, text });
        if (!response.ok) JSON.parse(text);
      }),
    );
  }
  const byCalls = stop();
  const stopAgain = watchLoop();
  const refusals = await refusedPolicies(random, policies);
  const byPolicies = stopAgain();
  console.info(
    `malformed: ${calls} calls ${JSON.stringify(Object.fromEntries([...statuses].sort()))}, ${policies} policies ${JSON.stringify(refusals)}, loop held at most ${byCalls.longest.toFixed(0)} ms by calls, ${byPolicies.longest.toFixed(0)} ms by policies (${byCalls.gap.toFixed(0)} and ${byPolicies.gap.toFixed(0)} ms between ticks, others' work included)`,
  );
  expect(bad.slice(0, 5)).toEqual([]);
  expect(Math.max(byCalls.longest, byPolicies.longest)).toBeLessThan(100);
  expect((await org.ask({ action: 'crm.read' })).policy.version).toBe(1);
}, 120_000);

/** Mutated documents; the base version is one that never was, so that even a readable one is not published. */
async function refusedPolicies(random: Random, count: number): Promise<Record<string, number>> {
  const codes: Record<string, number> = {};
  for (let n = 0; n < count; n++) {
    const source = malformedPolicy(random);
    const publish = async () =>
      publishPolicy(org.admin, { name: 'main', baseVersion: 999, source, note: '' });
    const code = await publish().then(
      () => 'published',
      (error: unknown) => (error instanceof AppError ? error.code : `${error}`),
    );
    codes[code] = (codes[code] ?? 0) + 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(Object.keys(codes).filter((code) => code !== 'unprocessable' && code !== 'conflict')).toEqual([]);
  return codes;
}

function malformedPolicy(random: Random): string {
  const at = random(usualPolicy.length);
  const marks = [
    ':',
    '-',
    '&a ',
    '*a ',
    '!!js ',
    '\t',
    '\u0000',
    '{',
    '[',
    '"',
    '\n',
    '---\n',
    '<<: ',
    '\u202e',
    '|',
    '>',
    '0o17',
    '...',
    '\ufeff',
  ];
  switch (random(6)) {
    case 0:
      return usualPolicy.slice(0, at);
    case 1:
      return `${usualPolicy.slice(0, at)}${marks[random(marks.length)]}${usualPolicy.slice(at + random(2))}`;
    case 2:
      return usualPolicy.replace(
        'default: deny',
        ['default: allow', 'default: [deny]', 'default: deny\ndefault: deny', 'x: 1'][random(4)] ?? '',
      );
    case 3:
      return `version: 1\nname: x\nrules: ${'['.repeat(random(9000))}`;
    case 4:
      return `a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n${usualPolicy}`;
    default:
      return 'x'.repeat(random(70_000));
  }
}
