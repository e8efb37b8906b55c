import { defineConfig } from '@playwright/test';

/** What `npm run e2e` found and started; journeys never start anything themselves. */
const { BASE_URL, E2E_BROWSER, E2E_RESULTS } = process.env;
if (!BASE_URL || !E2E_BROWSER)
  throw new Error('Start the journeys with: npm run e2e -- [playwright arguments]');
// Written by bin/find-browser.mjs.
const browser = JSON.parse(E2E_BROWSER) as {
  executablePath: string;
  flags: string[];
  env: Record<string, string>;
};

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  globalTimeout: 15 * 60_000,
  expect: { timeout: 10_000 },
  reporter: E2E_RESULTS ? [['list'], ['json', { outputFile: E2E_RESULTS }]] : [['list']],
  use: {
    baseURL: BASE_URL,
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: browser.executablePath,
      args: browser.flags,
      env: { ...(process.env as Record<string, string>), ...browser.env }, // ProcessEnv without its undefined values
    },
  },
});
