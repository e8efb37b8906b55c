import { expect, test } from 'vitest';
import type { AgentRequestView } from '@/lib/approvals/agent-view';
import { look, makeOrg } from '@/lib/approvals/testing/test-org';
import { createApiKey } from '@/lib/identity/create-api-key';
import { systemContext } from '@/lib/kernel/context';
import { agentLane } from './agent-lane';
import { signInMailRate, takeRate } from './rate-limit';

/** At the turn of a minute two windows are open. */
const onceOrTwice = (limit: number) => [limit, 2 * limit];

async function withRate<T>(perMinute: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.RATE_LIMIT_PER_MINUTE;
  process.env.RATE_LIMIT_PER_MINUTE = perMinute;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.RATE_LIMIT_PER_MINUTE;
    else process.env.RATE_LIMIT_PER_MINUTE = before;
  }
}

async function post(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const request = new Request(`http://desk.test${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return (await agentLane('POST', path)?.(request)) ?? Response.error();
}

test('The agents of one org share ten times a key’s rate; another org has its own', async () => {
  const [org, other] = [await makeOrg(), await makeOrg()];
  const keys = await Promise.all(
    Array.from({ length: 15 }, () => createApiKey(org.admin, { agentId: org.agentId })),
  );
  const list = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await agentLane(
      'GET',
      '/v1/requests',
    )?.(new Request('http://desk.test/v1/requests', { headers }));
    return answer?.status ?? 0;
  };
  await withRate('4', async () => {
    const answers = await Promise.all(keys.flatMap(({ key }) => Array.from({ length: 4 }, () => list(key))));
    const passed = answers.filter((status) => status === 200).length;
    expect([40, 60]).toContain(passed);
    expect(answers.filter((status) => status === 429)).toHaveLength(60 - passed);
    expect(await list(other.key)).toBe(200);
  });
});

test('A genuine token is verified and redeemed at its agent’s rate only; a false one writes nothing', async () => {
  const org = await makeOrg();
  const { token, payload }: AgentRequestView = await org.ask({ action: 'crm.read' });
  const answers = await withRate('6', () =>
    Promise.all(Array.from({ length: 30 }, () => post('/v1/tokens/verify', { token, payload }))),
  );
  const passed = answers.filter((answer) => answer.status === 200).length;
  expect(onceOrTwice(6)).toContain(passed);
  expect(answers.filter((answer) => answer.status === 429)).toHaveLength(30 - passed);
  const rows = () =>
    look<{ subject: string; used: number }>(
      `SELECT subject, used FROM rate_windows WHERE org_id = $1 AND subject LIKE 'tokens%' ORDER BY start_at, subject`,
      [org.id],
    );
  const used = await rows();
  expect(used.map(({ subject }) => subject).sort()[0]).toBe('tokens');
  const forged = { token: `${token?.slice(0, -4)}AAAA`, payload };
  for (let n = 0; n < 10; n++)
    expect(await (await post('/v1/tokens/verify', forged)).json()).toMatchObject({ valid: false });
  expect(await rows()).toEqual(used);
});

test('Five sign-in mails to one address in a quarter of an hour, and the sixth is too many', async () => {
  const ctx = systemContext((await makeOrg()).id);
  const tries = Array.from({ length: 12 }, () => takeRate(ctx, 'sign-in:somebody', signInMailRate));
  const settled = await Promise.allSettled(tries);
  const passed = settled.filter(({ status }) => status === 'fulfilled').length;
  expect(onceOrTwice(5)).toContain(passed);
  expect(await takeRate(ctx, 'sign-in:another', signInMailRate)).toMatchObject({ limit: 5 });
});
