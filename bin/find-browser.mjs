import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { refuse } from './refuse.mjs';
import { say } from './say.mjs';
import { unpackBrowser } from './unpack-browser.mjs';

/** How every browser is started here: nothing it does by itself may reach for the network. */
export const BROWSER_FLAGS = [
  ...[
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
  ],
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * A Chromium that starts on this machine, the first of: `PLAYWRIGHT_CHROMIUM`, Playwright's own download, the
 * system's, the one among the packages, and one from the system's package manager (as root). Says which was taken.
 * @returns {Promise<{ executablePath: string, flags: string[], env: Record<string, string> }>} `env` is what it needs besides
 */
export async function findBrowser() {
  const given = process.env.PLAYWRIGHT_CHROMIUM;
  if (given)
    return (
      (await starting({ name: 'PLAYWRIGHT_CHROMIUM', executablePath: given })) ??
      refuse(`PLAYWRIGHT_CHROMIUM names ${given}, which doesn't start: correct or unset it.`)
    );
  for (const candidate of [playwrightsOwn, systems, packaged, installed]) {
    const found = await starting(await candidate());
    if (found) return found;
  }
  return refuse(
    'No browser could be had for the journeys: install Chromium (as root: apt-get install chromium), or set PLAYWRIGHT_CHROMIUM to one.',
  );
}

async function playwrightsOwn() {
  const { chromium } = await import('playwright-core');
  return { name: "Playwright's own download", executablePath: chromium.executablePath() };
}

function systems() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const files = SYSTEM_NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return { name: "the system's", executablePath: [...files, mac].find((file) => existsSync(file)) ?? '' };
}

async function packaged() {
  const unpacked = await unpackBrowser(path.join(root, 'node_modules', '.cache', 'countersign-browser'));
  return { name: 'the one among the packages', ...unpacked };
}

function installed() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    return null;
  say('  installing Chromium with apt-get …');
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
  return { ...systems(), name: "the system's, installed just now" };
}

/** The candidate, if it shows a page: a browser that lacks a library says so only when started. */
async function starting(candidate) {
  if (!candidate?.executablePath || !existsSync(candidate.executablePath)) return null;
  const { name, executablePath, env = {} } = candidate;
  try {
    const { chromium } = await import('playwright-core');
    const browser = await chromium.launch({
      executablePath,
      args: BROWSER_FLAGS,
      env: { ...process.env, ...env },
      timeout: 30_000,
    });
    const page = await browser.newPage();
    await page.goto('data:text/html,<p>ready', { timeout: 15_000 });
    await browser.close();
  } catch {
    return null;
  }
  say(`  browser: ${name} (${executablePath})`);
  return { executablePath, flags: BROWSER_FLAGS, env };
}
