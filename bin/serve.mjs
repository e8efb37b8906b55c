import path from 'node:path';
import { root } from './paths.mjs';
import { isStopping, start } from './processes.mjs';
import { refuse } from './refuse.mjs';

/**
 * Starts the bundled server and waits until it listens. `ended` gives its exit code, later; a channel to us lets it
 * end by itself should we be killed.
 * @param {NodeJS.ProcessEnv} env as `childEnv` makes it
 * @param {import('node:child_process').StdioOptions} [stdio]
 * @returns {Promise<{ child: import('node:child_process').ChildProcess, ended: Promise<number> }>}
 */
export async function serve(env, stdio = ['ignore', 'inherit', 'inherit', 'ipc']) {
  const child = start(process.execPath, ['--enable-source-maps', path.join(root, 'dist', 'server.mjs')], {
    env,
    stdio,
  });
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const isReady = await new Promise((resolve) => {
    child.on('message', (message) => message === 'ready' && resolve(true));
    ended.then(() => resolve(false));
  });
  if (!isReady && !isStopping()) refuse('The server ended before it listened; what it says stands above.');
  return { child, ended };
}
