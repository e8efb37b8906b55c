import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { runQuietly } from './processes.mjs';
import { refuse } from './refuse.mjs';
import { step } from './say.mjs';
import { clearStamp, contentHash, isFresh, writeStamp } from './stamp.mjs';

const STAMP = path.join(root, 'node_modules', '.countersign-installed');

/**
 * Installs the packages the lock file names, unless exactly these are installed already.
 * `npm install` rather than `npm ci`: the lock needn't list the optional binaries of every other platform.
 */
export async function ensureInstalled() {
  requireNode();
  if (isFresh(STAMP, installHash())) return;
  await step('Installing packages (under a minute the first time)', async () => {
    clearStamp(STAMP);
    const args = ['install', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
    const sentence =
      "Packages couldn't be installed; what npm says stands above. Check that the package registry is reachable and that node_modules/ is writable, then start again.";
    const [command, prefix] = npmCommand();
    await runQuietly(sentence, command, [...prefix, ...args], { env: { ...process.env, NODE_ENV: '' } });
    writeStamp(STAMP, installHash());
  });
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  refuse(`Node ${process.versions.node} is too old: install Node 20.19 or newer (22 and 24 are fine).`);
}

function npmCommand() {
  const npm = process.env.npm_execpath;
  if (npm && /\.c?js$/.test(npm)) return [process.execPath, [npm]];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
}

/** What is installed depends on the dependencies, the lock and the platform, not on the scripts in package.json. */
function installHash() {
  const { dependencies, devDependencies, optionalDependencies, overrides, allowScripts } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  );
  const extra = [
    process.platform,
    process.arch,
    { dependencies, devDependencies, optionalDependencies, overrides, allowScripts },
  ];
  return contentHash(['package-lock.json'], { extra: JSON.stringify(extra) });
}
