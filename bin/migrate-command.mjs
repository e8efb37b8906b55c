import { readyDatabase } from './database.mjs';
import { ensureInstalled } from './install.mjs';
import { runMain } from './run-main.mjs';
import { say } from './say.mjs';

// `npm run migrate`: brings the operator's database (MIGRATION_DATABASE_URL or DATABASE_URL) or the embedded one up to date.
runMain(async () => {
  await ensureInstalled();
  await readyDatabase({ log: say });
  say('The database is up to date.');
});
