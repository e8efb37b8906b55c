import type { BrowserContext } from '@playwright/test';
import { open } from './agent';
import { refund } from './asks';
import { expect, test } from './fixtures';
import { makeOtherOrg, type OtherOrg } from './other-org';
import { noId, pages, routes } from './routes';

/** What the other org's owner gets for a place that names something of ours (404), or lists (200, without ours). */
const expected: Record<string, number | 'no org'> = {
  'app/(auth)/setup/page.tsx': 'no org',
  'app/(auth)/sign-in/check/page.tsx': 'no org',
  'app/(auth)/sign-in/confirm/page.tsx': 'no org',
  'app/(auth)/sign-in/page.tsx': 'no org',
  'app/(desk)/audit/page.tsx': 200,
  'app/(desk)/history/page.tsx': 200,
  'app/(desk)/inbox/page.tsx': 200,
  'app/(desk)/outbox/page.tsx': 200,
  'app/(desk)/page.tsx': 200,
  'app/(desk)/policies/[name]/page.tsx': 404,
  'app/(desk)/policies/page.tsx': 200,
  'app/(desk)/requests/[id]/page.tsx': 404,
  'GET app/api/audit/events/[id]/route.ts': 404,
  'POST app/api/audit/searches/route.ts': 200,
  'GET app/api/auth/[...nextauth]/route.ts': 'no org',
  'POST app/api/auth/[...nextauth]/route.ts': 'no org',
  'POST app/api/auth/callback/email-confirm/route.ts': 'no org',
  'POST app/api/demo/session/route.ts': 'no org',
  'POST app/api/requests/[id]/preview/route.ts': 404,
  'POST app/api/requests/[id]/reveal/route.ts': 404,
  'GET app/api/requests/[id]/route.ts': 404,
  'POST app/api/requests/[id]/votes/route.ts': 404,
  'GET app/api/requests/route.ts': 200,
  'GET app/api/stream/route.ts': 200,
  'POST app/v1/authorize/route.ts': 200,
  'GET app/v1/keys/route.ts': 'no org',
  'GET app/v1/openapi.json/route.ts': 'no org',
  'POST app/v1/requests/[id]/cancel/route.ts': 404,
  'POST app/v1/requests/[id]/result/route.ts': 404,
  'GET app/v1/requests/[id]/route.ts': 404,
  'GET app/v1/requests/route.ts': 200,
  'POST app/v1/tokens/redeem/route.ts': 'no org',
  'POST app/v1/tokens/verify/route.ts': 'no org',
};

test('Every page and route on disk has its line in the table of tenancy', () => {
  const found = [
    ...pages().map(({ file }) => file),
    ...routes().flatMap(({ file, methods }) => methods.map((method) => `${method} ${file}`)),
  ];
  expect(Object.keys(expected).sort()).toEqual(found.sort());
});

test('The owner of another org gets nothing of ours on any page', async ({ as, expectTrouble }) => {
  expectTrouble(/status of 404/);
  const { page } = await as(null);
  await enter(page.context(), await makeOtherOrg());
  const ours = await ourRequest();
  for (const { file, path } of pages()) {
    const status = expected[file];
    if (typeof status !== 'number') continue;
    for (const view of file.includes('inbox') ? ['', '?view=all'] : ['']) {
      const answer = await page.goto(path.replace(noId, ours.id) + view);
      const heading = page.getByRole('heading', { level: 1 });
      if (status === 404) await expect(heading, path).toHaveText(/not found$/i);
      else await expect(heading, path).not.toHaveText(/not found$/i);
      expect(answer?.status(), path).toBe(status);
      for (const secret of ours.secrets) expect(await page.content(), path).not.toContain(secret);
    }
  }
  await page.goto('/inbox');
  await expect(page.getByText('Gil Globex').first()).toBeAttached();
});

test('The owner of another org gets nothing of ours from any call of the desk', async ({ as, deskUrl }) => {
  const { page } = await as(null);
  const { request } = page.context();
  await enter(page.context(), await makeOtherOrg());
  const ours = await ourRequest();
  const bodies: Record<string, Record<string, unknown>> = {
    votes: { verdict: 'approve', revision: ours.revision, payloadHash: ours.payloadHash },
    preview: { payload: {} },
  };
  for (const { file, path, methods } of routes().filter(({ file }) => file.startsWith('app/api/'))) {
    for (const method of methods) {
      const status = expected[`${method} ${file}`];
      if (typeof status !== 'number' || path === '/api/stream') continue;
      const data = bodies[path.split('/').at(-1) ?? ''] ?? {};
      const answer = await request.fetch(
        path.replace(noId, ours.id) + (path === '/api/requests' ? '?view=all' : ''),
        {
          method,
          headers: { origin: deskUrl },
          ...(method !== 'GET' && { data }),
        },
      );
      expect(answer.status(), `${method} ${path}`).toBe(status);
      const told = await answer.text();
      for (const secret of ours.secrets) expect(told, `${method} ${path}`).not.toContain(secret);
    }
  }
});

test('The live stream of another org stays silent about ours', async ({ as }) => {
  const [other, own] = [await as(null), await as('dana@northwind.test')];
  await enter(other.page.context(), await makeOtherOrg());
  const heard = await Promise.all(
    [other.page, own.page].map(async (page) => {
      await page.goto('/policies');
      await page.evaluate(async () => {
        const source = new EventSource('/api/stream');
        const told: string[] = [];
        Object.assign(window, { told });
        source.addEventListener('request', (event) => told.push(event.data));
        await new Promise((resolve) => source.addEventListener('open', resolve));
      });
      return () => page.evaluate(() => JSON.stringify((window as unknown as { told: string[] }).told));
    }),
  );
  const { id } = await ourRequest();
  await expect.poll(() => heard[1]?.()).toContain(id);
  expect(await heard[0]?.()).toBe('[]');
});

test('The agent of another org gets nothing of ours from any call of the agents', async ({ request }) => {
  const { key } = await makeOtherOrg();
  const ours = await ourRequest();
  const headers = { authorization: `Bearer ${key}` };
  for (const { file, path, methods } of routes().filter(({ file }) => file.startsWith('app/v1/'))) {
    for (const method of methods) {
      const status = expected[`${method} ${file}`];
      if (typeof status !== 'number') continue;
      const data = path.endsWith('/authorize')
        ? ours.body
        : path.endsWith('/result')
          ? { status: 'succeeded' }
          : {};
      const answer = await request.fetch(path.replace(noId, ours.id), {
        method,
        headers,
        ...(method !== 'GET' && { data }),
      });
      expect(answer.status(), `${method} ${path}`).toBe(status);
      const told = await answer.text();
      // The same ask is another request in another org, which its own list then shows.
      if (path.endsWith('/authorize')) expect(JSON.parse(told)).toMatchObject({ status: 'denied' });
      else if (path !== '/v1/requests')
        for (const secret of ours.secrets) expect(told, `${method} ${path}`).not.toContain(secret);
      expect(told).not.toContain(ours.id);
    }
  }
});

/** A request of the demo's, and words that may appear nowhere else. */
async function ourRequest() {
  const { body } = refund(777);
  const { id, revision, payloadHash } = await open({ agent: 'ops-refunds', body });
  return {
    id,
    revision,
    payloadHash,
    body,
    secrets: [body.summary, String(body.payload.order), 'Acme GmbH', 'northwind.test'],
  };
}

async function enter(context: BrowserContext, { sessionToken }: OtherOrg): Promise<void> {
  await context.addCookies([{ name: 'countersign.session', value: sessionToken, url: process.env.BASE_URL }]);
}
