import { createServer } from 'node:http';
import type { APIRequestContext } from '@playwright/test';
import { agent, open } from './agent';
import { refund } from './asks';
import { query } from './database';
import { expect, test } from './fixtures';
import { noId, pages, routes } from './routes';
import { freePort } from './server';

/** Origins that are not the desk's, each a way in which a forged call may come. */
function strangers(base: string): Record<string, Record<string, string>> {
  const { host, port } = new URL(base);
  return {
    absent: {},
    null: { origin: 'null' },
    'a sub-domain': { origin: `http://evil.${host}` },
    foreign: { origin: 'https://evil.test' },
    'the other scheme': { origin: `https://${host}` },
    'another port': { origin: `http://127.0.0.1:${Number(port) + 1}` },
    'our name as a prefix': { origin: `${base}.evil.test` },
    'ours, said to be cross-site': { origin: base, 'sec-fetch-site': 'cross-site' },
    'ours, said to be same-site': { origin: base, 'sec-fetch-site': 'same-site' },
  };
}

/** What a forged call would send to each route that may change something; a new one without a line here fails. */
const forged: Record<string, (seen: { revision: number; payloadHash: string }) => Record<string, unknown>> = {
  'app/api/audit/searches/route.ts': () => ({ filters: {} }),
  'app/api/auth/[...nextauth]/route.ts': () => ({ callbackUrl: '/inbox' }),
  'app/api/auth/callback/email-confirm/route.ts': () => ({ token: 'x', email: 'maria@northwind.test' }),
  'app/api/demo/session/route.ts': () => ({ email: 'maria@northwind.test' }),
  'app/api/requests/[id]/preview/route.ts': () => ({ payload: {} }),
  'app/api/requests/[id]/reveal/route.ts': () => ({}),
  'app/api/requests/[id]/votes/route.ts': ({ revision, payloadHash }) => ({
    verdict: 'approve',
    revision,
    payloadHash,
  }),
};

test('A call that another site forged is refused on every route and changes nothing', async ({
  as,
  deskUrl,
}) => {
  const opened = await open(refund(210));
  const { page } = await as('dana@northwind.test');
  const { request } = page.context();
  const changing = routes().filter(
    ({ path, methods }) => path.startsWith('/api/') && methods.some((method) => method !== 'GET'),
  );
  for (const { file, path } of changing) {
    const body = forged[file]?.(opened);
    if (!body) throw new Error(`${file} changes something and has no forged call in this test`);
    const target = file.includes('nextauth') ? '/api/auth/signout' : path.replace(noId, opened.id);
    const isForm = target.startsWith('/api/auth/');
    for (const [name, headers] of Object.entries(strangers(deskUrl))) {
      const sent = isForm
        ? { form: Object.fromEntries(Object.entries(body).map(([key, value]) => [key, String(value)])) }
        : { data: body };
      const answer = await request.post(target, { ...sent, headers, maxRedirects: 0 });
      const refused = answer.status() === 403 || answer.headers().location === '/sign-in?error=origin';
      expect(refused, `${target}, origin ${name}: ${answer.status()}`).toBe(true);
      expect(answer.headers()['set-cookie'], `${target}, origin ${name}`).toBeUndefined();
    }
  }
  expect((await agent('ops-refunds').get(`/v1/requests/${opened.id}`)).body).toMatchObject({
    status: 'pending',
    approval: { votes: [] },
  });
  await page.goto('/inbox');
  await expect(page.getByText('Dana Sato').first()).toBeAttached();
  await test.step('and the same call from the desk itself is taken', async () => {
    const { revision, payloadHash } = opened;
    const answer = await request.post(`/api/requests/${opened.id}/votes`, {
      data: { verdict: 'approve', revision, payloadHash },
      headers: { origin: deskUrl, 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status()).toBe(200);
  });
});

test('A forged call of a page’s own action is refused and publishes nothing', async ({
  as,
  deskUrl,
  expectTrouble,
}) => {
  expectTrouble(/ERR_FAILED/);
  const { page } = await as('maria@northwind.test');
  await page.goto('/policies/airline');
  await page.getByRole('button', { name: 'Edit' }).click();
  const box = page.getByRole('textbox', { name: 'Text of policy airline' });
  await box.fill(`${await box.inputValue()}\n# forged\n`);
  await page.getByRole('button', { name: 'Review changes' }).click();
  await page.getByRole('textbox', { name: 'Note for the record' }).fill('Forged');
  // The real call is caught, never sent, and then repeated as a stranger would.
  const caught = page.waitForRequest(
    (request) => request.method() === 'POST' && 'next-action' in request.headers(),
  );
  await page.route('**/policies/airline', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  );
  await page.getByRole('button', { name: /^Publish v/ }).click();
  const call = await caught;
  const { 'next-action': action = '', 'content-type': type = '', accept = '' } = call.headers();
  for (const [name, headers] of Object.entries(strangers(deskUrl))) {
    const answer = await page.context().request.post('/policies/airline', {
      headers: { 'next-action': action, 'content-type': type, accept, ...headers },
      data: call.postDataBuffer() ?? '',
    });
    expect(answer.status(), `origin ${name}`).toBeGreaterThanOrEqual(400);
  }
  const published = await query('superuser', "SELECT 1 FROM policy_versions WHERE note = 'Forged'");
  expect(published).toEqual([]);
});

test('Every page bears a content policy that lets nothing foreign run or frame it', async ({ as }) => {
  const { page } = await as('maria@northwind.test');
  const signedOut = await as(null);
  const opened = await open(refund(95));
  for (const { file, path } of pages()) {
    const visitor = file.startsWith('app/(auth)') ? signedOut.page : page;
    const answer = await visitor.goto(path.replace(noId, opened.id));
    const policy = answer?.headers()['content-security-policy'] ?? '';
    expect(policy, path).toMatch(/^default-src 'none'; script-src 'nonce-[\w+/=]{20,}' 'strict-dynamic'; /);
    for (const part of [
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "connect-src 'self'",
    ])
      expect(policy, path).toContain(part);
    expect(policy.replace("style-src-attr 'unsafe-inline'", ''), path).not.toContain('unsafe');
    expect(answer?.headers()['x-content-type-options'], path).toBe('nosniff');
    await expect(visitor.getByRole('heading', { level: 1 }), path).toHaveCount(1);
  }
  const again = await page.goto('/inbox');
  const nonces = [await page.goto('/inbox'), again].map(
    (answer) => /'nonce-[^']+'/.exec(answer?.headers()['content-security-policy'] ?? '')?.[0],
  );
  expect(nonces[0]).not.toBe(nonces[1]);
});

test('No other site can put the desk into a frame', async ({ as, deskUrl, expectTrouble }) => {
  expectTrouble(/frame-ancestors|ERR_BLOCKED_BY_RESPONSE|favicon/);
  const port = await freePort();
  const attacker = createServer((_, response) =>
    response
      .setHeader('content-type', 'text/html')
      .end(`<h1>Prize</h1><iframe src="${deskUrl}/inbox"></iframe>`),
  );
  await new Promise<void>((resolve) => attacker.listen(port, '127.0.0.1', resolve));
  try {
    const { page } = await as('maria@northwind.test');
    await page.goto(`http://127.0.0.1:${port}/`);
    await expect(page.getByRole('heading', { name: 'Prize' })).toBeVisible();
    await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Inbox' })).toHaveCount(0);
    expect(page.frames().some((frame) => frame.url().startsWith(`${deskUrl}/inbox`))).toBe(false);
  } finally {
    attacker.close();
    attacker.closeAllConnections();
  }
});

test('Without a session no back way into a page gives anything away', async ({ request }) => {
  const ask = refund(333);
  const { id } = await open(ask);
  const ways: [string, Record<string, string>][] = [
    ['', { rsc: '1' }],
    ['', { rsc: '1', 'next-router-prefetch': '1' }],
    ['', { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/_tree' }],
    ['', { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/(desk)/__PAGE__' }],
    ['', { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' }],
    ['', { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' }],
    ['', { 'x-middleware-prefetch': '1', 'next-router-state-tree': '%5B%22%22%5D' }],
    ['', { cookie: 'countersign.session=forged' }],
    ['.rsc', {}],
    ['.segments/_tree.segment.rsc', {}],
    ['?_rsc=1', { rsc: '1' }],
  ];
  for (const path of [
    `/requests/${id}`,
    '/inbox?view=all',
    '/history',
    '/audit',
    '/policies/northwind',
    '/outbox',
  ]) {
    for (const [ending, headers] of ways) {
      const told = await everything(
        request,
        path.replace(/(\?|$)/, `${ending.startsWith('?') ? '' : ending}$1`) +
          (ending.startsWith('?') && !path.includes('?') ? ending : ''),
        headers,
      );
      for (const secret of [
        ask.body.summary,
        String(ask.body.payload.order),
        'Northwind operations',
        'large-or-suspicious',
        'Maria Klein',
      ])
        expect(told, `${path}${ending} ${JSON.stringify(headers)}`).not.toContain(secret);
    }
  }
});

async function everything(
  request: APIRequestContext,
  path: string,
  headers: Record<string, string>,
): Promise<string> {
  const answer = await request.get(path, { headers, maxRedirects: 0 });
  return `${JSON.stringify(answer.headers())}${await answer.text()}`;
}
