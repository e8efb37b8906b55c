import type { Page } from '@playwright/test';
import { agent, open } from './agent';
import { dealUpdate, unique } from './asks';
import { expect, test } from './fixtures';

// One document, so one journey after the other.
test.describe.configure({ mode: 'default' });

test('A policy is read, edited, checked, reviewed, published, and judges the next ask', async ({ as }) => {
  const action = `e2e.${unique()}`;
  const ask = () => agent('ops-refunds').post('/v1/authorize', { action, payload: { size: 3 } });
  expect((await ask()).body).toMatchObject({ decision: 'require_approval' });
  const { page } = await as('maria@northwind.test');

  const before = await test.step('read, with its versions', async () => {
    await page.goto('/policies');
    await page.getByRole('link', { name: /^airline/ }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'airline' })).toBeVisible();
    await expect(page.getByRole('region', { name: /^Text of policy airline/ })).toContainText('rules:');
    await expect(
      page.getByRole('complementary', { name: 'Versions' }).getByText('First version'),
    ).toBeVisible();
    return inForce(page);
  });

  await page.getByRole('button', { name: 'Edit' }).click();
  const box = page.getByRole('textbox', { name: 'Text of policy airline' });
  const source = await box.inputValue();
  const rule = `  - id: ${action.replace('.', '-')}\n    action: ${action}\n    when: { payload.size: { lt: 10 } }\n    outcome: deny\n    reason: Nothing this small\n`;

  await test.step('what cannot be read is shown at its line, and nothing is published', async () => {
    await box.fill(`${source}${rule.replace('lt: 10', 'lt: [ten')}`);
    await page.getByRole('button', { name: 'Review changes' }).click();
    const problem = page.getByRole('alert').filter({ hasText: 'This can’t be read as a policy' });
    const line = problem.getByRole('button', { name: /^Line \d+, column \d+$/ }).first();
    await expect(line).toBeVisible();
    const number = Number(/Line (\d+)/.exec((await line.textContent()) ?? '')?.[1]);
    const written = source.split('\n').length;
    expect(number).toBeGreaterThanOrEqual(written);
    expect(number).toBeLessThanOrEqual(written + 5);
    await line.click();
    await expect(box).toBeFocused();
    await expect(page.getByRole('button', { name: /^Publish/ })).toHaveCount(0);
  });

  await test.step('the change is reviewed line by line and needs a note', async () => {
    await box.fill(`${source}${rule}`);
    await page.getByRole('button', { name: 'Review changes' }).click();
    const diff = page.getByRole('region', { name: 'Changed lines' });
    await expect(diff).toContainText(`action: ${action}`);
    await expect(diff.getByText('added')).toHaveCount(5);
    await expect(diff.getByText('removed')).toHaveCount(0);
    const publish = page.getByRole('button', { name: `Publish v${before + 1}` });
    await expect(publish).toBeDisabled();
    await page.getByRole('textbox', { name: 'Note for the record' }).fill(`Deny small ${action}`);
    await publish.click();
    await expect(page.getByText(`v${before + 1} in force`)).toBeVisible();
  });

  await test.step('the next ask is judged by it', async () => {
    await expect
      .poll(
        async () => (await agent('ops-refunds').post('/v1/authorize', { action, payload: { size: 4 } })).body,
      )
      .toMatchObject({
        decision: 'deny',
        status: 'denied',
        policy: { name: 'airline', version: before + 1 },
      });
  });

  await test.step('the version before stays readable as it was', async () => {
    await page
      .getByRole('complementary', { name: 'Versions' })
      .getByRole('link', { name: new RegExp(`^v${before}\\b`) })
      .click();
    await expect(page.getByText(`showing v${before}`)).toBeVisible();
    await expect(page.getByRole('region', { name: /^Text of policy airline/ })).not.toContainText(action);
  });
});

test('Of two who edit the same version only the first publishes; the other loses no word', async ({ as }) => {
  const note = `Race ${unique()}`;
  const [first, second] = [await as('maria@northwind.test'), await as('omar@northwind.test')];
  for (const { page } of [first, second]) {
    await page.goto('/policies/airline');
    await page.getByRole('button', { name: 'Edit' }).click();
    const box = page.getByRole('textbox', { name: 'Text of policy airline' });
    await box.fill(`${await box.inputValue()}# ${unique()}\n`);
    await page.getByRole('button', { name: 'Review changes' }).click();
    await page.getByRole('textbox', { name: 'Note for the record' }).fill(note);
  }
  const before = await inForce(second.page);
  await first.page.getByRole('button', { name: /^Publish/ }).click();
  await expect(first.page.getByText(`v${before + 1} in force`)).toBeVisible();
  // Something happens elsewhere, and the second page comes to know the version now in force.
  await open(dealUpdate());
  await expect(second.page.getByText(`v${before + 1} in force`)).toBeVisible();
  await expect(second.page.getByRole('heading', { name: `What changes against v${before}` })).toBeVisible();
  await second.page.getByRole('button', { name: /^Publish/ }).click();
  await expect(second.page.getByText('Someone published meanwhile')).toBeVisible();
  await expect(second.page.getByRole('textbox', { name: 'Text of policy airline' })).toHaveValue(
    /# [0-9a-f]{8}\n$/,
  );
});

test('Members and auditors read policies and cannot publish them', async ({ as }) => {
  for (const email of ['jonas@northwind.test', 'erik@northwind.test']) {
    const { page } = await as(email);
    await page.goto('/policies/northwind');
    await expect(page.getByRole('region', { name: /^Text of policy northwind/ })).toContainText(
      'guardrails:',
    );
    await expect(page.getByRole('button', { name: 'Edit' })).toHaveCount(0);
  }
});

test('Who may not publish is refused by the desk itself, whatever their page shows', async ({
  as,
  deskUrl,
}) => {
  const owner = await as('maria@northwind.test');
  await owner.page.goto('/policies/airline');
  await owner.page.getByRole('button', { name: 'Edit' }).click();
  const box = owner.page.getByRole('textbox', { name: 'Text of policy airline' });
  await box.fill(`${await box.inputValue()}# borrowed\n`);
  await owner.page.getByRole('button', { name: 'Review changes' }).click();
  await owner.page.getByRole('textbox', { name: 'Note for the record' }).fill('Borrowed');
  const calls = owner.page.waitForRequest((request) => request.method() === 'POST');
  await owner.page.route('**/policies/airline', (route) =>
    route.request().method() === 'POST' ? route.fulfill({ status: 204 }) : route.continue(),
  );
  await owner.page.getByRole('button', { name: /^Publish/ }).click();
  const call = await calls;
  const { 'next-action': action = '', 'content-type': type = '', accept = '' } = call.headers();
  const member = await as('jonas@northwind.test');
  const answer = await member.page.context().request.post('/policies/airline', {
    headers: { 'next-action': action, 'content-type': type, accept, origin: deskUrl },
    data: call.postDataBuffer() ?? '',
  });
  expect(await answer.text()).toContain('"ok":false');
  await member.page.goto('/policies/airline');
  await expect(member.page.getByRole('complementary', { name: 'Versions' })).not.toContainText('Borrowed');
});

async function inForce(page: Page): Promise<number> {
  const text = await page.getByText(/^v\d+ in force$/).textContent();
  return Number(/\d+/.exec(text ?? '')?.[0]);
}
