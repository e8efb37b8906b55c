import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { refuse } from './refuse.mjs';
import { step } from './say.mjs';
import { clearStamp, contentHash, isFresh, writeStamp } from './stamp.mjs';

const OUT = path.join(root, 'dist');
const STAMP = path.join(OUT, '.stamp');
const SOURCES = [
  'bin',
  'lib',
  'app',
  'sdk',
  'prisma/schema.prisma',
  'prisma/seed.ts',
  'prisma/seed',
  'package-lock.json',
  'tsconfig.json',
];

/**
 * Bundles the programs that Node 20 can't run as TypeScript (server, worker, seed, tools) into `dist/<name>.mjs`,
 * unless exactly these sources are bundled already. Packages stay outside, in node_modules.
 */
export async function ensureBundled() {
  const hash = contentHash(SOURCES, { skip: isTest });
  if (isFresh(STAMP, hash)) return;
  await step('Bundling server and tools', async () => {
    rmSync(OUT, { recursive: true, force: true });
    clearStamp(STAMP);
    await bundle();
    writeStamp(STAMP, hash);
  });
}

/** Tests and what only tests use change nothing that runs. */
export function isTest(file) {
  return /\.test\.tsx?$|\.spec\.ts$|vitest|(^|\/)\./.test(file);
}

function entryPoints() {
  const programs = readdirSync(path.join(root, 'bin'))
    .filter((name) => name.endsWith('.ts') && !isTest(name) && !name.endsWith('.d.ts'))
    .map((name) => path.join('bin', name));
  return ['prisma/seed.ts', ...programs].filter((entry) => existsSync(path.join(root, entry)));
}

async function bundle() {
  const { build, stop } = await import('esbuild');
  try {
    await build({
      absWorkingDir: root,
      entryPoints: entryPoints(),
      outdir: OUT,
      entryNames: '[name]',
      chunkNames: 'chunks/[name]-[hash]',
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      packages: 'external',
      sourcemap: 'linked',
      jsx: 'automatic',
      logLevel: 'error',
      plugins: [aliases],
    });
  } catch {
    refuse("The server couldn't be bundled; what esbuild says stands above.");
  } finally {
    // Its service process would live as long as the server.
    await stop();
  }
}

/** `server-only` guards client bundles and throws anywhere else: on the server itself it is nothing. */
const aliases = {
  name: 'aliases',
  setup(build) {
    build.onResolve({ filter: /^@\// }, (call) =>
      build.resolve(`./${call.path.slice(2)}`, { resolveDir: root, kind: call.kind }),
    );
    build.onResolve({ filter: /^server-only$/ }, () => ({ path: 'server-only', namespace: 'empty' }));
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }));
  },
};
