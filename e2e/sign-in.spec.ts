import type { Page } from '@playwright/test';
import { query } from './database';
import { expect, test } from './fixtures';
import { startIssuer } from './issuer';
import { pages, routes } from './routes';
import { startServer } from './server';

test('On the demo one click signs in, and signing out ends the session', async ({ as }) => {
  const { page } = await as(null);
  await page.goto('/policies');
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByRole('button', { name: /Jonas Weber/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
  const [session] = (await page.context().cookies()).filter(({ name }) =>
    name.endsWith('countersign.session'),
  );
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  await page.getByRole('button', { name: 'Sign out' }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  await page.goto('/inbox');
  await expect(page).toHaveURL(/\/sign-in/);
  // The cookie's own session is gone too, not only the cookie.
  const rows = await query('auth', 'SELECT 1 FROM sessions WHERE session_token = $1', [session?.value]);
  expect(rows).toEqual([]);
});

test('A link by e-mail signs in once: the form’s click does, opening the link never', async ({
  as,
  deskUrl,
}) => {
  const link = await mailedLink(await as('maria@northwind.test'), await as(null), 'ines@northwind.test');
  const scanner = await as(null);
  await test.step('twenty openings and two seconds of scripts consume nothing', async () => {
    const raw = link.replace('/sign-in/confirm', '/api/auth/callback/email');
    for (const url of [
      link,
      raw,
      raw.replace('email?', 'email/?'),
      raw.replace('callback/email', 'callback/%65mail'),
    ]) {
      for (const method of ['GET', 'HEAD', 'GET', 'HEAD', 'OPTIONS'])
        await fetch(url, { method, redirect: 'follow' });
    }
    await scanner.page.goto(link);
    await scanner.page.waitForTimeout(2000);
    await scanner.page.goto(raw);
    await expect(scanner.page.getByRole('heading', { name: 'Sign in to Countersign' })).toBeVisible();
    expect(await scanner.page.context().cookies()).not.toContainEqual(
      expect.objectContaining({ name: 'countersign.session' }),
    );
  });

  await test.step('the form’s click signs in, where one wanted to go', async () => {
    const { page } = await as(null);
    await page.goto(link);
    await expect(page.getByText('ines@northwind.test')).toBeVisible();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
    expect(new URL(page.url()).origin).toBe(deskUrl);
    await expect(page.getByText('Ines Duarte').first()).toBeAttached();
  });

  await test.step('a second use is refused in words', async () => {
    await scanner.page.getByRole('button', { name: 'Sign in' }).click();
    await expect(scanner.page.getByText('The link may be used or too old')).toBeVisible();
    await scanner.page.goto('/inbox');
    await expect(scanner.page).toHaveURL(/\/sign-in/);
  });
});

test('An unknown address looks just like a known one, and gets no mail', async ({ as }) => {
  const { page } = await as(null);
  const seen: string[] = [];
  for (const email of ['erik@northwind.test', 'nobody@elsewhere.test']) {
    await askForLink(page, email);
    seen.push(`${page.url()} ${await page.getByRole('main').textContent()}`);
  }
  expect(seen[0]).toBe(seen[1]);
  const maria = await as('maria@northwind.test');
  await maria.page.goto('/outbox');
  await expect(maria.page.getByRole('main')).toContainText('erik@northwind.test');
  await expect(maria.page.getByRole('main')).not.toContainText('nobody@elsewhere.test');
});

test('The sign-in library’s own doors tell no more than ours', async ({ request, deskUrl }) => {
  const { csrfToken } = await (await request.get('/api/auth/csrf')).json();
  for (const path of [
    '/api/auth/signin/email',
    '/api/auth/callback/email?token=x&email=ines@northwind.test',
  ]) {
    for (const email of ['sofia@northwind.test', 'nobody@elsewhere.test']) {
      const answer = await request.post(path, {
        form: { csrfToken, email },
        headers: { origin: deskUrl },
      });
      expect(answer.status(), path).toBe(404);
    }
  }
  expect(await (await request.get('/api/auth/session')).json()).toBeNull();
});

test('What a session holds is told to nobody but the server', async ({ as }) => {
  const { page } = await as('tom@northwind.test');
  const told = await (await page.context().request.get('/api/auth/session')).json();
  expect(Object.keys(told).sort()).toEqual(['expires', 'user']);
  expect(told.user).toEqual({ email: 'tom@northwind.test' });
});

test('Without a session every page leads to sign-in and every call of the desk is refused', async ({
  request,
}) => {
  for (const path of pages()
    .filter((page) => page.file.startsWith('app/(desk)'))
    .map((page) => page.path)) {
    const answer = await request.get(path, { maxRedirects: 0 });
    expect(`${answer.status()} ${answer.headers().location}`, path).toBe('307 /sign-in');
  }
  const desk = routes().filter(({ path }) => path.startsWith('/api/') && !/^\/api\/(auth|demo)\//.test(path));
  expect(desk.length).toBeGreaterThan(4);
  for (const { path, methods } of desk) {
    for (const method of methods) {
      const headers = { origin: process.env.BASE_URL ?? '' };
      const answer = await request.fetch(path, { method, headers, ...(method !== 'GET' && { data: {} }) });
      expect(answer.status(), `${method} ${path}`).toBe(401);
    }
  }
});

test.describe('with an identity provider', () => {
  test('its word is taken for a verified address of a member, and for no other', async ({
    as,
    expectTrouble,
  }) => {
    // The provider's own pages.
    expectTrouble(/fonts\.googleapis\.com|favicon\.ico/);
    const issuer = await startIssuer();
    const desk = await startServer({
      COUNTERSIGN_EMBEDDED: undefined,
      WORKER: 'off',
      OIDC_ISSUER: issuer.url,
      OIDC_CLIENT_ID: 'countersign',
      OIDC_CLIENT_SECRET: issuer.clientSecret,
      OIDC_NAME: 'Northwind ID',
    });
    issuer.allowDesk(desk.url);
    try {
      for (const [login, expected] of [
        ['priya@northwind.test', 'Inbox'],
        ['unverified:omar@northwind.test', 'Sign in'],
        ['stranger@elsewhere.test', 'Sign in'],
      ] as const) {
        const { page } = await as(null);
        await page.goto(`${desk.url}/sign-in`);
        await expect(page.getByRole('heading', { name: 'Demo' })).toHaveCount(0);
        await page.getByRole('button', { name: 'Continue with Northwind ID' }).click();
        await page.getByPlaceholder('Enter any login').fill(login);
        await page.getByPlaceholder('and password').fill('any');
        await page.getByRole('button', { name: 'Sign-in' }).click();
        await page.getByRole('button', { name: 'Continue' }).click();
        await expect(page.getByRole('heading', { level: 1, name: expected })).toBeVisible();
        expect(new URL(page.url()).origin).toBe(desk.url);
        await page.close();
      }
    } finally {
      await desk.stop();
      await issuer.stop();
    }
  });
});

/** Asks for a link on the page of `visitor` and reads it from the outbox as `reader` sees it. */
async function mailedLink(reader: { page: Page }, visitor: { page: Page }, email: string): Promise<string> {
  await askForLink(visitor.page, email);
  await reader.page.goto('/outbox');
  const mail = reader.page
    .getByRole('listitem')
    .filter({ hasText: `to ${email}` })
    .first();
  return (await mail.getByRole('link').getAttribute('href')) ?? '';
}

async function askForLink(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Check your mail' })).toBeVisible();
}
