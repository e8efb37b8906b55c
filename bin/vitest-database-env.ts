import { inject } from 'vitest';

// Each worker has a database of its own, whose settings stand in the environment before the first import.
const settings = inject('testDatabases');
const worker = (Number(process.env.VITEST_POOL_ID ?? 1) - 1) % settings.length;
Object.assign(process.env, settings[worker]);
