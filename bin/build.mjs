import path from 'node:path';
import { isTest } from './bundle.mjs';
import { root } from './paths.mjs';
import { runQuietly } from './processes.mjs';
import { step } from './say.mjs';
import { clearStamp, contentHash, isFresh, writeStamp } from './stamp.mjs';

const STAMP = path.join(root, '.next', 'countersign-stamp');
const SOURCES = [
  ...[
    'app',
    'components',
    'lib',
    'public',
    'sdk',
    'prisma/schema.prisma',
    'package.json',
    'package-lock.json',
  ],
  ...[
    'next.config.mjs',
    'postcss.config.mjs',
    'tsconfig.json',
    'proxy.ts',
    'instrumentation.ts',
    'mdx-components.tsx',
  ],
];

/** Builds the pages for production, unless exactly these sources are built already. */
export async function ensureBuilt() {
  const hash = contentHash(SOURCES, { skip: isTest, extra: publicSettings() });
  if (isFresh(STAMP, hash)) return;
  await step('Building the pages (half a minute)', async () => {
    clearStamp(STAMP);
    const next = path.join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
    const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
    await runQuietly(
      "The pages couldn't be built; what the build says stands above.",
      process.execPath,
      [next, 'build'],
      { env },
    );
    writeStamp(STAMP, hash);
  });
}

/** Settings that Next bakes into what browsers get. */
function publicSettings() {
  const baked = Object.entries(process.env).filter(([name]) => name.startsWith('NEXT_PUBLIC_'));
  return JSON.stringify(baked.sort());
}
