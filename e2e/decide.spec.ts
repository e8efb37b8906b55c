import type { Page } from '@playwright/test';
import { agent, open } from './agent';
import { dealUpdate, deployment, refund, revocation } from './asks';
import { query } from './database';
import { expect, test } from './fixtures';
import { uuidOf } from './ids';

const approve = (page: Page) => page.getByRole('button', { name: /^Approve/ });
const reject = (page: Page) => page.getByRole('button', { name: 'Reject' });
const edit = (page: Page) => page.getByRole('button', { name: 'Edit' });

test('A reviewer edits and approves, and the agent gets the edited payload', async ({ as }) => {
  const ask = refund(420);
  const { id } = await open(ask);
  const { page } = await as('dana@northwind.test');
  await page.goto(`/requests/${id}`);
  await edit(page).click();
  await page.getByRole('textbox', { name: 'amount' }).fill('412.5');
  await expect(page.getByText('Your edit needs 1 approval')).toBeVisible();
  await page.getByRole('button', { name: 'Approve €412.50 as edited' }).click();
  await expect(page.getByText('The agent may carry it out now, once.')).toBeVisible();
  await expect(page.getByText('Approved with edits')).toBeVisible();
  const { body } = await agent(ask.agent).get(`/v1/requests/${id}`);
  expect(body).toMatchObject({
    status: 'approved',
    edited: true,
    revision: 2,
    payload: { ...ask.body.payload, amount: 412.5 },
  });
});

test('An edit over a threshold says what it will need, and then waits for exactly that', async ({ as }) => {
  const ask = refund(4000);
  const { id } = await open(ask);
  const { page } = await as('dana@northwind.test');
  await page.goto(`/requests/${id}`);
  await edit(page).click();
  const amount = page.getByRole('textbox', { name: 'amount' });
  await amount.fill('four');
  await expect(page.getByText('Expected a number')).toBeVisible();
  await expect(approve(page)).toHaveAttribute('aria-disabled', 'true');
  await amount.fill('6000');
  await expect(page.getByText('Your edit needs 2 approvals')).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Finance leads' })).toBeVisible();
  await page.getByRole('button', { name: 'Approve €6,000.00 as edited' }).click();
  await confirm(page);
  await expect(page.getByText('1 of 2 approvals').first()).toBeVisible();
  const { body } = await agent(ask.agent).get(`/v1/requests/${id}`);
  expect(body).toMatchObject({ status: 'pending', risk: 'high', revision: 2 });
});

test('What may not be edited has no input, and is refused in words by the desk itself', async ({ as }) => {
  const { id, payload, revision, payloadHash } = await open(refund(300));
  const { page, post } = await as('dana@northwind.test');
  await page.goto(`/requests/${id}`);
  await edit(page).click();
  await expect(page.getByRole('textbox', { name: 'note' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'payee' })).toHaveCount(0);
  const changed = { ...Object(payload), payee: 'Mallory' };
  const preview = await post(`/api/requests/${id}/preview`, { payload: changed });
  expect(preview.body).toEqual({ ok: false, errors: [{ pointer: '/payee', detail: 'can’t be edited' }] });
  const vote = { verdict: 'approve', revision, payloadHash, payload: changed };
  expect((await post(`/api/requests/${id}/votes`, vote)).status).toBe(422);
  const whole = await open(deployment());
  const lena = await as('lena@northwind.test');
  await lena.page.goto(`/requests/${whole.id}`);
  await expect(approve(lena.page)).toBeVisible();
  await expect(edit(lena.page)).toHaveCount(0);
});

test('An edit that changes a value’s type is refused in words before it can be sent', async ({ as }) => {
  const ask = dealUpdate();
  const { id } = await open(ask);
  const { page } = await as('sofia@northwind.test');
  await page.goto(`/requests/${id}`);
  await edit(page).click();
  await page.getByRole('button', { name: 'JSON' }).click();
  const box = page.getByRole('textbox', { name: 'Payload as JSON' });
  await box.fill(JSON.stringify({ ...ask.body.payload, deal_size: '90000' }));
  await expect(page.getByText('/deal_size: was a number and can’t become a string')).toBeVisible();
  await expect(approve(page)).toHaveAttribute('aria-disabled', 'true');
  await box.fill('{ "deal": ');
  await expect(page.getByRole('main').getByRole('alert').filter({ hasText: /\S/ })).toBeVisible();
  await expect(page.getByText('A value can’t be read yet.')).toBeVisible();
});

test('A rejection needs a reason, and the agent reads it', async ({ as }) => {
  const ask = refund(75);
  const { id } = await open(ask);
  const { page } = await as('priya@northwind.test');
  await page.goto(`/requests/${id}`);
  await reject(page).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox', { name: 'Reason' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(dialog.getByText('Give a reason')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('The parcel never arrived.');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(page.getByText('The agent can read your reason.')).toBeVisible();
  const { body } = await agent(ask.agent).get(`/v1/requests/${id}`);
  expect(body).toMatchObject({ status: 'rejected', feedback: 'The parcel never arrived.' });
  expect(body.token).toBeUndefined();
});

test('A critical request wants a second look, a reason of ten characters, and two people', async ({ as }) => {
  const ask = revocation();
  const { id } = await open(ask);
  for (const [email, met] of [
    ['omar@northwind.test', 1],
    ['ines@northwind.test', 2],
  ] as const) {
    const { page } = await as(email);
    await page.goto(`/requests/${id}`);
    await approve(page).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('Critical risk')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await dialog.getByRole('textbox').fill('too short');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await expect(dialog.getByText('Say why, in at least 10 characters.')).toBeVisible();
    expect((await agent(ask.agent).get(`/v1/requests/${id}`)).body.status).toBe('pending');
    await dialog.getByRole('textbox').fill('The key leaked in a public log.');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await expect(
      page.getByText(met === 1 ? 'Your approval is recorded' : 'The agent may carry it out now, once.'),
    ).toBeVisible();
  }
  expect((await agent(ask.agent).get(`/v1/requests/${id}`)).body.status).toBe('approved');
});

test('Whoever may not decide sees why beside the greyed buttons, and the desk refuses them too', async ({
  as,
}) => {
  const { id, revision, payloadHash } = await open(deployment());
  for (const [email, why] of [
    ['jonas@northwind.test', 'This waits for the group engineering.'],
    ['omar@northwind.test', 'This agent is yours'],
    ['maria@northwind.test', 'This waits for the group engineering.'],
  ] as const) {
    const { page, post } = await as(email);
    await page.goto(`/requests/${id}`);
    for (const button of [approve(page), reject(page)]) {
      await expect(button).toHaveAttribute('aria-disabled', 'true');
      await expect(button).toHaveAccessibleDescription(new RegExp(why));
    }
    await approve(page).click({ force: true });
    await expect(page.getByRole('dialog')).toHaveCount(0);
    const vote = await post(`/api/requests/${id}/votes`, { verdict: 'approve', revision, payloadHash });
    expect(vote).toMatchObject({ status: 403, body: { reason: expect.stringContaining(why) } });
  }
});

test('Of two who decide at once the second gets an honest notice and the fresh state', async ({
  as,
  expectTrouble,
}) => {
  expectTrouble(/status of 409/);
  const { id } = await open(refund(80));
  const priya = await as('priya@northwind.test');
  // Her page hears nothing of what happens elsewhere, as on a train: the stream is asked for and never answers.
  await priya.page.route('**/api/stream', () => undefined);
  await priya.page.goto(`/requests/${id}`);
  await expect(approve(priya.page)).toBeVisible();
  const dana = await as('dana@northwind.test');
  await dana.page.goto(`/requests/${id}`);
  await approve(dana.page).click();
  await expect(dana.page.getByText('The agent may carry it out now, once.')).toBeVisible();
  await approve(priya.page).click();
  await expect(
    priya.page.getByRole('alert').filter({ hasText: 'This changed while you were reading' }),
  ).toBeVisible();
  await expect(priya.page.getByText('this was approved before your vote arrived')).toBeVisible();
  await expect(priya.page.getByText('Approved', { exact: true }).first()).toBeVisible();
  await expect(approve(priya.page)).toHaveCount(0);
});

test('An edit by someone else is held back until the reader asks to see it', async ({ as }) => {
  const { id } = await open(refund(4500));
  const priya = await as('priya@northwind.test');
  await priya.page.goto(`/requests/${id}`);
  await expect(priya.page.getByText('4,500.00 EUR')).toBeVisible();
  const dana = await as('dana@northwind.test');
  await dana.page.goto(`/requests/${id}`);
  await edit(dana.page).click();
  await dana.page.getByRole('textbox', { name: 'amount' }).fill('5500');
  await dana.page.getByRole('button', { name: 'Approve €5,500.00 as edited' }).click();
  await confirm(dana.page);
  await expect(priya.page.getByText('Dana Sato edited the payload')).toBeVisible();
  await expect(priya.page.getByText('4,500.00 EUR')).toBeVisible();
  await expect(approve(priya.page)).toHaveAttribute('aria-disabled', 'true');
  await priya.page.getByRole('button', { name: 'Show the change' }).click();
  await expect(priya.page.getByRole('button', { name: 'Approve €5,500.00' })).not.toHaveAttribute(
    'aria-disabled',
    'true',
  );
});

test('What expires under the reader’s eyes closes by itself, and a late vote is refused', async ({ as }) => {
  const ask = refund(60);
  const { id, revision, payloadHash } = await open(ask);
  const { page, post } = await as('dana@northwind.test');
  await page.goto(`/requests/${id}`);
  await expect(approve(page)).toBeVisible();
  // Data moves, not the clock; the deadline never changes otherwise, so only the superuser can do it.
  await query(
    'superuser',
    `WITH off AS (SELECT set_config('session_replication_role', 'replica', true))
     UPDATE requests SET expires_at = clock_timestamp() - interval '1 second' FROM off WHERE id = $1`,
    [uuidOf(id)],
  );
  const late = await post(`/api/requests/${id}/votes`, { verdict: 'approve', revision, payloadHash });
  expect(late).toMatchObject({ status: 409, body: { view: { status: 'expired' } } });
  await expect(page.getByText('Expired', { exact: true })).toBeVisible();
  await expect(approve(page)).toHaveCount(0);
  await expect
    .poll(async () => (await agent(ask.agent).get(`/v1/requests/${id}`)).body.status)
    .toBe('expired');
});

test('From the inbox to an approval without the mouse', async ({ as }) => {
  const ask = deployment();
  const { id } = await open(ask);
  const { page } = await as('lena@northwind.test');
  await page.goto('/inbox');
  await tabTo(page, new RegExp(String(ask.body.payload.version)));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: ask.body.summary })).toBeFocused();
  await tabTo(page, /^Approve/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(approve(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The agent may carry it out now, once.')).toBeVisible();
  expect((await agent(ask.agent).get(`/v1/requests/${id}`)).body.status).toBe('approved');
});

test('A masked value never reaches the page; who decides may reveal it, and the record says so', async ({
  as,
}) => {
  const iban = 'DE89370400440532013000';
  const ask = refund(90, { sensitive: ['payload.iban'] });
  ask.body.payload.iban = iban;
  const { id } = await open(ask);
  const { page } = await as('dana@northwind.test');
  await page.goto(`/requests/${id}`);
  await expect(page.getByText('masked', { exact: true })).toBeVisible();
  expect(await page.content()).not.toContain(iban);
  const jonas = await as('jonas@northwind.test');
  expect((await jonas.post(`/api/requests/${id}/reveal`, {})).status).toBe(403);
  await jonas.page.goto(`/requests/${id}`);
  await expect(jonas.page.getByText('masked', { exact: true })).toBeVisible();
  await expect(jonas.page.getByRole('button', { name: 'Reveal masked' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Reveal masked' }).click();
  await expect(page.getByText(iban)).toBeVisible();
  await page.reload();
  await expect(page.getByText('revealed masked fields')).toBeVisible();
  await expect(page.getByText(iban)).toHaveCount(0);
});

/** Presses Tab until what has the focus bears the name. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 150; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    if ((await focused.count()) && name.test((await focused.textContent()) ?? '')) return;
  }
  throw new Error(`${name} can't be reached by Tab`);
}

async function confirm(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
}
