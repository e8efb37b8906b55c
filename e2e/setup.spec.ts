import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator } from '@playwright/test';
import { unique } from './asks';
import { query, urlFor } from './database';
import { expect, test } from './fixtures';
import { startServer } from './server';

test('An operator’s empty database offers setup once, to whoever holds the printed token', async ({
  as,
  request,
}) => {
  const { database, drop } = await freshDatabase();
  const server = await startServer(settingsFor(database));
  try {
    await test.step('no demo, no outbox, but a token in the log', async () => {
      const demo = await request.post(`${server.url}/api/demo/session`, {
        data: { email: 'maria@northwind.test' },
        headers: { origin: server.url },
      });
      expect(demo.status()).toBe(404);
      expect(await (await request.get(`${server.url}/healthz`)).text()).toBe('ok');
      expect((await request.get(`${server.url}/readyz`)).status()).toBe(200);
      expect(server.said()).toContain(`${server.url}/setup?token=`);
    });
    const { page } = await as(null);
    const [link = ''] = /http\S+\/setup\?token=\S+/.exec(server.said()) ?? [];

    await test.step('every way in leads to setup; a wrong token is refused', async () => {
      await page.goto(`${server.url}/inbox`);
      await expect(page.getByRole('heading', { name: 'Set up Countersign' })).toBeVisible();
      await page.getByRole('textbox', { name: 'Setup token' }).fill(randomBytes(24).toString('base64url'));
      await fillOwner(page.getByRole('main'));
      await page.getByRole('button', { name: 'Create the org' }).click();
      await expect(page.getByText('this is not the token printed at start')).toBeVisible();
      await expect(page.getByRole('textbox', { name: 'Name of your org' })).toHaveValue('Initech');
    });

    await test.step('the printed one makes the org, its owner signed in', async () => {
      await page.goto(link);
      await fillOwner(page.getByRole('main'));
      await page.getByRole('button', { name: 'Create the org' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
      await expect(page.getByText('Nothing needs you')).toBeVisible();
      await expect(page.getByText('Peter Gibbons').first()).toBeAttached();
      await expect(page.getByRole('link', { name: 'Outbox' })).toHaveCount(0);
      await page.goto(`${server.url}/outbox`);
      await expect(page.getByRole('heading', { level: 1, name: /not found/i })).toBeVisible();
    });

    await test.step('and then it is closed, with the token too', async () => {
      const { page: second } = await as(null);
      await second.goto(link);
      await expect(second.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
      await second.close();
    });
    await page.close();
  } finally {
    await server.stop();
    await drop();
  }
});

test('Start refuses a role that could bypass row-level security or owns a table', async () => {
  const { database, drop } = await freshDatabase();
  try {
    await query(
      'superuser',
      'CREATE TABLE public.mine (); ALTER TABLE public.mine OWNER TO countersign_app',
      [],
      { database },
    );
    await expect(startServer(settingsFor(database))).rejects.toThrow(
      /countersign_app .* is too powerful for app/,
    );
    await query('superuser', 'DROP TABLE public.mine', [], { database });
    // With the owner's address alone, every connection drops to the role it needs.
    const only = { ...settingsFor(database), DATABASE_URL: urlFor('owner', database) };
    const server = await startServer({
      ...only,
      AUTH_DATABASE_URL: undefined,
      SEALER_DATABASE_URL: undefined,
      SWEEP_DATABASE_URL: undefined,
      JOBS_DATABASE_URL: undefined,
    });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    await server.stop();
  } finally {
    await drop();
  }
});

test('Start says in a sentence what is missing', async () => {
  await expect(startServer({ COUNTERSIGN_SECRETS: '{}' })).rejects.toThrow(
    /settings are missing or wrong: .*authSecret/,
  );
  const nowhere = 'postgresql://countersign_app:x@127.0.0.1:1/none';
  await expect(startServer({ DATABASE_URL: nowhere })).rejects.toThrow(/127\.0\.0\.1:1/);
});

/** A new database in this run's cluster, migrated as an operator would. */
async function freshDatabase(): Promise<{ database: string; drop: () => Promise<void> }> {
  const database = `setup_${unique()}`;
  await query('superuser', `CREATE DATABASE ${database} OWNER countersign_owner`);
  const file = pathToFileURL(path.resolve(__dirname, '..', 'bin', 'migrate.mjs')).href;
  const { migrate } = await import(file);
  await migrate({ url: urlFor('owner', database) });
  return {
    database,
    drop: async () => void (await query('superuser', `DROP DATABASE ${database} WITH (FORCE)`)),
  };
}

/** The settings of a server on it, as an operator gives them: no demo. */
function settingsFor(database: string) {
  return {
    COUNTERSIGN_EMBEDDED: undefined,
    DATABASE_URL: urlFor('app', database),
    AUTH_DATABASE_URL: urlFor('auth', database),
    SEALER_DATABASE_URL: urlFor('sealer', database),
    SWEEP_DATABASE_URL: urlFor('sweep', database),
    JOBS_DATABASE_URL: urlFor('jobs', database),
  };
}

async function fillOwner(main: Locator): Promise<void> {
  await main.getByRole('textbox', { name: 'Name of your org' }).fill('Initech');
  await main.getByRole('textbox', { name: 'Your name' }).fill('Peter Gibbons');
  await main.getByRole('textbox', { name: 'Your e-mail' }).fill('peter@initech.test');
}
