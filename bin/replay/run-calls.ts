import type { PlannedCall } from './plan-calls';

/**
 * Works off calls, at most `concurrency` at once: those of one run after each other, as the agent made them.
 * Results come in the calls' order; `onResult` hears them in that order too, as early as possible.
 */
export async function runCalls<Result>(
  calls: readonly PlannedCall[],
  concurrency: number,
  work: (call: PlannedCall) => Promise<Result>,
  onResult: (result: Result, done: number) => void,
): Promise<Result[]> {
  const results = new Map<PlannedCall, Result>();
  const waiting = runsOf(calls);
  let said = 0;
  const worker = async () => {
    for (let run = waiting.shift(); run; run = waiting.shift()) {
      for (const call of run) {
        results.set(call, await work(call));
        said = sayReady(said);
      }
    }
  };
  const sayReady = (from: number): number => {
    let next = from;
    for (let call = calls[next]; call; call = calls[++next]) {
      const result = results.get(call);
      if (result === undefined) break;
      onResult(result, next + 1);
    }
    return next;
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return calls.flatMap((call) => results.get(call) ?? []);
}

/** Calls that name no run belong to none: each stands alone. */
function runsOf(calls: readonly PlannedCall[]): PlannedCall[][] {
  const runs = new Map<string, PlannedCall[]>();
  for (const call of calls) {
    const name = call.run === '' ? `line ${call.number}` : `run ${call.run}`;
    const run = runs.get(name) ?? [];
    runs.set(name, run);
    run.push(call);
  }
  return [...runs.values()];
}
