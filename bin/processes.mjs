import { spawn } from 'node:child_process';
import { root } from './paths.mjs';
import { refuse } from './refuse.mjs';

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
/** @type {Set<() => unknown>} */
const cleanups = new Set();
let stopping = false;

/**
 * Starts a child that ends with us. Standard streams are shown unless `stdio` says otherwise.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
  children.add(child);
  child.once('close', () => children.delete(child));
  child.once('error', () => children.delete(child));
  return child;
}

/**
 * Runs a child to its end and gives its exit code (a signal counts as 1). Never rejects for a failing command.
 * @param {Parameters<typeof start>} call
 * @returns {Promise<number>}
 */
export function runToEnd(...call) {
  const child = start(...call);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a child quietly; when it fails, shows everything it said and refuses with `sentence`.
 * @param {string} sentence
 * @param {Parameters<typeof start>} call
 */
export async function runQuietly(sentence, command, args, options = {}) {
  const child = start(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  child.stdout?.on('data', (chunk) => said.push(chunk));
  child.stderr?.on('data', (chunk) => said.push(chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
  const text = Buffer.concat(said).toString();
  if (code === 0) return text;
  process.stderr.write(text);
  return refuse(sentence);
}

/** Registers what must be undone when this process ends, however it ends short of SIGKILL. */
export function onEnd(cleanup) {
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}

/** Stops every child, then undoes the rest, last registered first. Safe to call twice. */
export async function endAll() {
  stopping = true;
  await Promise.all([...children].map(stopChild));
  for (const cleanup of [...cleanups].reverse()) {
    cleanups.delete(cleanup);
    await cleanup();
  }
}

/** Whether an interrupt already asked us to stop: a child that ended then isn't news. */
export function isStopping() {
  return stopping;
}

/** Asks a child to end, and insists after 8 s. Resolves when it has ended. */
export function stopChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const insist = setTimeout(() => child.kill('SIGKILL'), 8000);
    child.once('exit', () => {
      clearTimeout(insist);
      resolve(undefined);
    });
    child.kill('SIGTERM');
  });
}

/**
 * Ctrl-C, SIGTERM and the end of whoever started us stop everything that was started, in order, and then this
 * process. The last counts under npm, which passes signals to a shell that doesn't pass them on.
 */
export function stopOnSignals() {
  process.on('SIGINT', () => stop(130));
  process.on('SIGTERM', () => stop(143));
  process.on('SIGHUP', () => stop(129));
  const parent = process.ppid;
  if (!process.env.npm_lifecycle_event) return;
  setInterval(() => process.ppid !== parent && stop(143), 500).unref();
}

function stop(code) {
  if (stopping) return;
  // Whoever read our output may be gone already.
  process.stdout.on('error', () => {});
  process.stdout.write('\nStopping …\n');
  endAll().finally(() => process.exit(code));
}
