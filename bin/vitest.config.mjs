import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const skipped = ['**/node_modules/**', '.next/**', '.data/**', 'dist/**', 'e2e/**'];
const alias = { 'server-only': fileURLToPath(new URL('./vitest-nothing.ts', import.meta.url)) };
const resolve = {
  alias: [
    { find: /^@\//, replacement: root },
    ...Object.entries(alias).map(([find, replacement]) => ({ find, replacement })),
  ],
};
const quiet = fileURLToPath(new URL('./vitest-console.ts', import.meta.url));

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        root,
        resolve,
        test: {
          name: 'rules',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: ['**/*.db.test.ts', ...skipped],
          setupFiles: [quiet],
        },
      },
      {
        root,
        resolve,
        test: {
          name: 'db',
          include: ['**/*.db.test.ts'],
          exclude: skipped,
          globalSetup: [fileURLToPath(new URL('./vitest-database.ts', import.meta.url))],
          setupFiles: [quiet, fileURLToPath(new URL('./vitest-database-env.ts', import.meta.url))],
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
