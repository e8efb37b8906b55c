import { spawn } from 'node:child_process';
import path from 'node:path';
import type { AgentRequestView } from '@/lib/approvals/agent-view';
import { type Answer, agent, open } from './agent';
import { refund } from './asks';
import { expect, test } from './fixtures';
import { environmentOf } from './server';

test('An agent asks, two people agree in the browser, the agent acts once, and the record checks out', async ({
  as,
}) => {
  const earlier = await open(refund(120));
  const dana = await as('dana@northwind.test');
  await dana.page.goto('/inbox');
  await expect(dana.page.getByRole('link', { name: earlier.summary })).toBeVisible();

  const ask = refund(6000, { counterparty: 'acme.example' });
  const opened = await open(ask);
  const waiting = decided(ask.agent, opened.id);

  await test.step('it arrives in the open inbox by itself, behind a pill', async () => {
    const row = dana.page.getByRole('link', { name: ask.body.summary });
    const pill = dana.page.getByRole('button', { name: /^\d+ new requests?$/ });
    await expect(pill).toBeVisible();
    await expect(row).toHaveCount(0);
    await pill.click();
    await row.click();
    await expect(dana.page.getByRole('heading', { level: 1, name: ask.body.summary })).toBeVisible();
  });

  await test.step('the first of two approves', async () => {
    await dana.page.getByRole('button', { name: 'Approve €6,000.00' }).click();
    await dana.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await expect(dana.page.getByText('Your approval is recorded')).toBeVisible();
    const view = await agent(ask.agent).get(`/v1/requests/${opened.id}`);
    expect(view.body).toMatchObject({ status: 'pending' });
    expect(view.body.token).toBeUndefined();
  });

  await test.step('a finance lead is the second', async () => {
    const priya = await as('priya@northwind.test');
    await priya.page.goto(`/requests/${opened.id}`);
    await priya.page.getByRole('button', { name: 'Approve €6,000.00' }).click();
    await expect(priya.page.getByRole('dialog')).toContainText('Yours is the last approval needed.');
    await priya.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await expect(priya.page.getByRole('status').filter({ hasText: 'Approved' })).toBeVisible();
  });

  const approved = await waiting;
  expect(approved.body).toMatchObject({ status: 'approved', execution: 'none', payload: ask.body.payload });
  const token = approved.body.token ?? '';

  await test.step('another implementation verifies the token by the published keys, for this payload alone', async () => {
    const { verify } = await import('paseto-ts/v4');
    const { default: canonicalize } = await import('canonicalize');
    const { body } = await agent(ask.agent).get<{ keys: { kid: string; paserk: string }[] }>('/v1/keys');
    const footer = JSON.parse(Buffer.from(token.split('.')[3] ?? '', 'base64url').toString());
    const key = body.keys.find(({ kid }) => kid === footer.kid);
    const assertion = canonicalize({ aud: 'acme.example', payload_sha256: approved.body.payloadHash }) ?? '';
    const { payload: claims } = verify(key?.paserk ?? '', token, { assertion });
    expect(claims).toMatchObject({
      request: opened.id,
      aud: 'acme.example',
      purpose: 'approval',
      action: 'refund.create',
    });
    const other = canonicalize({ aud: 'acme.example', payload_sha256: `sha256:${'0'.repeat(64)}` }) ?? '';
    expect(() => verify(key?.paserk ?? '', token, { assertion: other })).toThrow();
  });

  await test.step('the agent redeems once, never twice, and reports', async () => {
    const redeem = () =>
      agent(ask.agent).post<{ status?: number }>('/v1/tokens/redeem', { token, payload: ask.body.payload });
    const altered = { ...ask.body.payload, amount: 6001 };
    expect(
      (await agent(ask.agent).post('/v1/tokens/redeem', { token, payload: altered })).status,
    ).toBeGreaterThanOrEqual(400);
    expect((await redeem()).status).toBe(200);
    expect((await redeem()).status).toBe(409);
    const report = { status: 'succeeded', checks: [{ name: 'ledger entry found', passed: true }] };
    expect((await agent(ask.agent).post(`/v1/requests/${opened.id}/result`, report)).status).toBe(200);
  });

  await test.step('the page, open all the time, shows what came of it', async () => {
    await expect(dana.page.getByText('Carried out', { exact: true })).toBeVisible();
    await expect(dana.page.getByText('ledger entry found passed')).toBeVisible();
    const timeline = dana.page.getByRole('complementary', { name: 'About this request' });
    for (const words of ['asked for approval', 'Approved', 'Approval used', 'reported success'])
      await expect(timeline.getByText(words, { exact: true })).toBeVisible();
  });

  await test.step('the operator’s tool finds the record as it was signed', async () => {
    const { code, said } = await run('audit-verify.mjs');
    expect(said).toContain('every sealed event is what was recorded');
    expect(code).toBe(0);
  });
});

/** Waits as an agent does: a held call answers when anything moved, and is repeated while it still waits. */
async function decided(name: string, id: string): Promise<Answer<AgentRequestView>> {
  let known = '';
  for (;;) {
    const headers = { prefer: 'wait=30', ...(known && { 'if-none-match': known }) };
    const answer = await agent(name).get(`/v1/requests/${id}`, headers);
    expect(answer.headers.get('preference-applied')).toBe('wait=30');
    if (answer.status === 200 && answer.body.status !== 'pending') return answer;
    known = answer.headers.get('etag') ?? '';
  }
}

function run(program: string): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [path.join('dist', program)], {
    env: environmentOf(),
    cwd: path.resolve(__dirname, '..'),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}
