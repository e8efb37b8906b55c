import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { agent, open } from './agent';
import { deployment, refund, revocation } from './asks';
import { expect, test } from './fixtures';
import { noId, pages } from './routes';

const evidence = [{ label: 'Payee', value: 'New', tone: 'red' }];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
type Visit = { name: string; as: string | null; go: (page: Page) => Promise<void>; trouble?: RegExp };

/** The states of a page that need a hand to get into; the pages themselves come from the disk. */
const states: Visit[] = [
  { name: 'An empty inbox', as: 'erik@northwind.test', go: (page) => visit(page, '/inbox') },
  { name: 'All that is pending', as: 'dana@northwind.test', go: (page) => visit(page, '/inbox?view=all') },
  {
    name: 'A request one may not decide',
    as: 'jonas@northwind.test',
    go: (page) => visitRequest(page, refund(6000)),
  },
  {
    name: 'The second look at a critical request, with its fault,',
    as: 'omar@northwind.test',
    go: async (page) => {
      await visitRequest(page, revocation());
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    },
  },
  {
    name: 'The rejection, with its fault,',
    as: 'lena@northwind.test',
    go: async (page) => {
      await visitRequest(page, deployment());
      await page.getByRole('button', { name: 'Reject' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    },
  },
  {
    name: 'An edit being judged',
    as: 'dana@northwind.test',
    go: async (page) => {
      await visitRequest(page, refund(4000));
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('textbox', { name: 'amount' }).fill('6000');
      await page.getByText('Your edit needs 2 approvals').waitFor();
    },
  },
  {
    name: 'An approved request',
    as: 'dana@northwind.test',
    go: async (page) => {
      await visitRequest(page, refund(70));
      await page.getByRole('button', { name: /^Approve/ }).click();
      await page.getByText('The agent may carry it out now, once.').waitFor();
    },
  },
  {
    name: 'A denied request',
    as: 'dana@northwind.test',
    go: async (page) => {
      const { body } = await agent('sentinel').post('/v1/authorize', { action: 'secrets.read', payload: {} });
      await visit(page, `/requests/${body.id}`);
    },
  },
  {
    name: 'A policy being edited, with a fault, then its review,',
    as: 'omar@northwind.test',
    go: async (page) => {
      await visit(page, '/policies/northwind');
      await page.getByRole('button', { name: 'Edit' }).click();
      const box = page.getByRole('textbox', { name: 'Text of policy northwind' });
      const source = await box.inputValue();
      await box.fill(`${source}nonsense: [`);
      await page.getByRole('button', { name: 'Review changes' }).click();
      await page.getByText('This can’t be read as a policy').waitFor();
      await isClean(page, (axe) => axe.withTags(tags));
      await box.fill(source.replace('lt: 100', 'lt: 90'));
      await page.getByRole('button', { name: 'Review changes' }).click();
      await page.getByRole('region', { name: 'Changed lines' }).waitFor();
    },
  },
  {
    name: 'An older version',
    as: 'dana@northwind.test',
    go: (page) => visit(page, '/policies/northwind?version=1'),
  },
  { name: 'The record', as: 'erik@northwind.test', go: (page) => visitRecord(page) },
  {
    name: 'An event opened',
    as: 'erik@northwind.test',
    go: async (page) => {
      await visitRecord(page);
      await page.getByRole('table').getByRole('button').first().click();
      await page.getByText('Entry and seal hold').waitFor();
    },
  },
  {
    name: 'A request that is not there',
    as: 'dana@northwind.test',
    go: (page) => visit(page, `/requests/${noId}`),
    trouble: /404/,
  },
  {
    name: 'A page that is not there',
    as: 'dana@northwind.test',
    go: (page) => visit(page, '/nowhere'),
    trouble: /404/,
  },
  { name: 'Sign-in after a fault', as: null, go: (page) => visit(page, '/sign-in?error=email') },
];

for (const { file, path } of pages()) {
  test(`The page ${path} meets WCAG 2.2 AA, light and dark, wide and narrow`, async ({ as }) => {
    const { id } = await open(refund(3100, { rationale: 'The receipt matches.', evidence }));
    const { page } = await as(file.startsWith('app/(auth)') ? null : 'dana@northwind.test');
    await visit(page, path.replace(noId, id) + (file.includes('confirm') ? '?token=x&email=a@b.test' : ''));
    await isCleanInEveryLook(page);
  });
}

for (const { name, as: email, go, trouble } of states) {
  test(`${name} meets WCAG 2.2 AA, light and dark, wide and narrow`, async ({ as, expectTrouble }) => {
    if (trouble) expectTrouble(trouble);
    const { page } = await as(email);
    await go(page);
    await isCleanInEveryLook(page);
  });
}

test('Nothing scrolls sideways at 320 px', async ({ as }) => {
  const narrow = { viewport: { width: 320, height: 640 } };
  const [inside, outside] = [await as('omar@northwind.test', narrow), await as(null, narrow)];
  const { id } = await open(revocation());
  const sideways = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  for (const { file, path } of pages()) {
    const { page } = file.startsWith('app/(auth)') ? outside : inside;
    await visit(page, path.replace(noId, id));
    expect(await sideways(page), path).toBeLessThanOrEqual(0);
  }
  await visit(inside.page, `/requests/${id}`);
  await inside.page.getByRole('button', { name: 'Approve' }).click();
  expect(await sideways(inside.page), 'the dialog').toBeLessThanOrEqual(0);
  const box = await inside.page.getByRole('dialog').boundingBox();
  expect(box && box.x >= 0 && box.x + box.width <= 320).toBe(true);
});

test('What has the focus is always seen to have it, and nothing covers it', async ({ as }) => {
  const { page } = await as('dana@northwind.test');
  await visitRequest(page, refund(3300, { rationale: 'Line\n'.repeat(60) }));
  const seen = new Set<string>();
  for (let presses = 0; presses < 45; presses += 1) {
    await page.keyboard.press('Tab');
    const state = await focusState(page);
    if (!state) continue;
    seen.add(state.name);
    expect(state.outline, `${state.name} has a ring`).toBe(true);
    expect(state.covered, `${state.name} is covered`).toBe(false);
  }
  expect(seen.size).toBeGreaterThan(10);
});

async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
}

async function visitRecord(page: Page): Promise<void> {
  await visit(page, '/audit');
  await page.getByRole('table').waitFor();
}

async function visitRequest(page: Page, ask: Parameters<typeof open>[0]): Promise<void> {
  const { id } = await open(ask);
  await page.goto(`/requests/${id}`);
  await page.getByRole('heading', { level: 1, name: ask.body.summary }).waitFor();
}

/** Light and wide, dark and wide, dark and narrow: colours depend on the theme alone, all else on the width. */
async function isCleanInEveryLook(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, includeHidden: true })).toHaveCount(1);
  await expect(page).toHaveTitle(/\S/);
  await isClean(page, (axe) => axe.withTags(tags));
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(page.locator('html')).toHaveClass(/dark/);
  await isClean(page, (axe) => axe.withRules('color-contrast'));
  await page.setViewportSize({ width: 390, height: 844 });
  await isClean(page, (axe) => axe.withTags(tags));
}

async function isClean(page: Page, chosen: (axe: AxeBuilder) => AxeBuilder): Promise<void> {
  await page.evaluate(async () => {
    // At its end, nothing of a page lies under the bars that stick to its foot.
    window.scrollTo(0, document.body.scrollHeight);
    await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => null)));
  });
  const { violations } = await chosen(new AxeBuilder({ page })).analyze();
  const told = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
  );
  expect(told).toEqual([]);
}

function focusState(page: Page): Promise<{ name: string; outline: boolean; covered: boolean } | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return null;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(
      box.x + Math.min(box.width, 400) / 2,
      box.y + Math.min(box.height, 200) / 2,
    );
    const row = getComputedStyle(element, '::before').backgroundColor;
    return {
      name: element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? element.tagName,
      outline:
        (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || row !== 'rgba(0, 0, 0, 0)',
      covered: !(top && (element.contains(top) || top.contains(element))),
    };
  });
}
