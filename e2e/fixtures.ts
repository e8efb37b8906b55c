import {
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
  type Page,
} from '@playwright/test';
import { required } from './database';

type Person = { page: Page; post: DeskPost; get: DeskGet };
type DeskPost = (path: string, body: unknown) => Promise<{ status: number; body: Record<string, unknown> }>;
type DeskGet = (path: string) => Promise<{ status: number; body: Record<string, unknown> }>;

type Fixtures = {
  /** Where the desk under test is. */
  deskUrl: string;
  /** What went wrong in any page of the test; must be empty at its end. */
  troubles: string[];
  /** Lets pass what a journey provokes on purpose, such as the browser's note of an answer 409. */
  expectTrouble: (pattern: RegExp) => void;
  /** A browser of its own in which this demo person is signed in; signed out where `email` is null. */
  as: (email: string | null, options?: BrowserContextOptions) => Promise<Person>;
};

export const test = base.extend<Fixtures & { expected: RegExp[] }>({
  deskUrl: async ({ baseURL }, use) => use(baseURL ?? ''),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern to know what a fixture needs
  expected: async ({}, use) => use([]),
  expectTrouble: async ({ expected }, use) => use((pattern) => void expected.push(pattern)),
  troubles: [
    async ({ expected }, use) => {
      const troubles: string[] = [];
      await use(troubles);
      const unexpected = troubles.filter((text) => !expected.some((pattern) => pattern.test(text)));
      expect(unexpected, 'errors in the browser').toEqual([]);
    },
    { auto: true },
  ],
  context: async ({ context, troubles }, use) => {
    await watch(context, troubles);
    await use(context);
  },
  as: async ({ browser, troubles }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (email, options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      await watch(context, troubles);
      if (email) await signIn(context, email);
      return { page: await context.newPage(), ...deskOf(context) };
    });
    for (const context of contexts) await context.close();
  },
});

export { expect };

/** Signs the context in by the demo's one click. */
export async function signIn(
  context: BrowserContext,
  email: string,
  url = required('BASE_URL'),
): Promise<void> {
  const answer = await context.request.post(`${url}/api/demo/session`, {
    data: { email },
    headers: { origin: url },
  });
  expect(answer.status()).toBe(200);
}

/** Calls of the desk's own API with the context's cookies, as its pages make them. */
export function deskOf(
  context: BrowserContext,
  url = required('BASE_URL'),
): { post: DeskPost; get: DeskGet } {
  return {
    post: async (path, data) => {
      const answer = await context.request.post(`${url}${path}`, { data, headers: { origin: url } });
      return { status: answer.status(), body: await answer.json() };
    },
    get: async (path) => {
      const answer = await context.request.get(`${url}${path}`);
      return { status: answer.status(), body: await answer.json() };
    },
  };
}

/** Collects errors of the console, of scripts and of the content policy, in every page that opens. */
async function watch(context: BrowserContext, troubles: string[]): Promise<void> {
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`content policy: ${event.violatedDirective} refused ${event.blockedURI || event.sample}`);
    });
  });
  context.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => troubles.push(String(error.error())));
}
