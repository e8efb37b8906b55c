import { open } from './agent';
import { refund, unique } from './asks';
import { query } from './database';
import { expect, test } from './fixtures';

/** How often the record notes a search that names these words. */
const notedSearches = async (words: string): Promise<number> =>
  (
    await query('superuser', "SELECT 1 FROM audit_details WHERE body LIKE '%\"filters\"%' || $1 || '%'", [
      words,
    ])
  ).length;

test('An auditor finds a decision by its run, opens it by keyboard and sees it proven; the search is noted once', async ({
  as,
}) => {
  const run = `run-${unique()}`;
  const ask = refund(70, { context: { runId: run } });
  const { id, revision, payloadHash } = await open(ask);
  const dana = await as('dana@northwind.test');
  await dana.post(`/api/requests/${id}/votes`, { verdict: 'approve', revision, payloadHash });

  const { page } = await as('erik@northwind.test');
  await page.goto('/history');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Audit' })).toBeVisible();
  await expect(page.getByText(/verified up to event [\d,]+ · checkpoint signed/)).toBeVisible();

  await test.step('found by the run, which stands in the address', async () => {
    await page.getByRole('textbox', { name: 'Run' }).fill(run);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(`/audit?run=${run}`);
    const rows = page.getByRole('table').getByRole('row');
    await expect(rows.filter({ hasText: 'Approval requested' })).toContainText(ask.body.summary);
    await expect(rows.filter({ hasText: 'Voted' })).toContainText('Dana Sato');
    await expect(rows.filter({ hasText: 'Approved' })).toHaveCount(1);
    await expect(page.getByRole('link', { name: ask.body.summary }).first()).toHaveAttribute(
      'href',
      `/requests/${id}`,
    );
  });

  await test.step('opened by keyboard, proven, closed by Escape', async () => {
    const opener = page.getByRole('table').getByRole('button', { name: 'Voted' });
    await opener.focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: /^Event [\d,]+$/ });
    await expect(drawer.getByText('Entry and seal hold')).toBeVisible();
    await expect(drawer.getByText(/In the log of [\d,]+ events$/)).toBeVisible();
    await expect(drawer.getByText('Root signed')).toBeVisible();
    await expect(drawer).toContainText('"approval.voted"');
    await expect(page).toHaveURL(/&event=evt_/);
    await page.keyboard.press('Escape');
    await expect(drawer).toBeHidden();
    await expect(opener).toBeFocused();
  });

  expect(await notedSearches(run)).toBe(1);
  await test.step('a link to the event opens it again', async () => {
    await page.getByRole('table').getByRole('button', { name: 'Voted' }).click();
    await page.reload();
    await expect(page.getByRole('dialog').getByText('Entry and seal hold')).toBeVisible();
  });
});

test('“Load more” goes on where the page ended and begins no other search', async ({ as }) => {
  const action = `e2e.${unique()}`;
  for (let n = 0; n < 30; n++)
    await open({ agent: 'ops-refunds', body: { action, summary: `${action} ${n}`, payload: { n } } });
  const { page } = await as('maria@northwind.test');
  await page.goto('/audit?agent=');
  const rows = page.getByRole('table').getByRole('row');
  await expect(rows).toHaveCount(51);
  await page.getByRole('button', { name: 'Load more' }).click();
  await expect.poll(() => rows.count()).toBeGreaterThan(51);
  await page.goto(`/audit?action=${action}`);
  await expect(rows).toHaveCount(31);
  await expect(page.getByText('That is all of it.')).toBeVisible();
  expect(await notedSearches(action)).toBe(1);
});

test('A filter that says nothing sensible, and one that finds nothing, are told as such', async ({
  as,
  expectTrouble,
}) => {
  expectTrouble(/status of 400/);
  const { page } = await as('omar@northwind.test');
  await page.goto('/audit?request=nonsense');
  await expect(page.getByRole('alert').filter({ hasText: 'expected an id' })).toBeVisible();
  await page.goto('/audit?to=2020-01-01');
  await expect(page.getByText('No such event')).toBeVisible();
  await page.getByRole('link', { name: 'Clear' }).click();
  await expect(page.getByRole('table')).toBeVisible();
});

test('Who may not read the record has no way to it', async ({ as, expectTrouble }) => {
  expectTrouble(/status of 403/);
  const { page, post, get } = await as('dana@northwind.test');
  await page.goto('/audit');
  await expect(page.getByText('The record is not open to you')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Audit' })).toHaveCount(0);
  await expect(page.getByRole('table')).toHaveCount(0);
  expect((await post('/api/audit/searches', { filters: {} })).status).toBe(403);
  const event = 'evt_01JZZZZZZZZZZZZZZZZZZZZZZZ';
  expect((await get(`/api/audit/events/${event}?search=1.${event}`)).status).toBe(403);
});
