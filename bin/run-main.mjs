import { endAll, isStopping, stopOnSignals } from './processes.mjs';
import { isRefusal } from './refuse.mjs';

/**
 * Runs a command's main function and stops all it started, however it ends. A refusal is printed as its sentence,
 * anything else with its stack; both end in exit code 1.
 * @param {() => Promise<number | void>} main may give an exit code
 */
export async function runMain(main) {
  stopOnSignals();
  let code = 1;
  try {
    code = (await main()) ?? 0;
  } catch (error) {
    // After an interrupt, what broke is what we stopped.
    if (isStopping()) return;
    process.stderr.write(`\n${isRefusal(error) ? error.message : (error?.stack ?? error)}\n`);
  }
  if (isStopping()) return;
  await endAll();
  process.exit(code);
}
