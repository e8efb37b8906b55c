const TICK_SECONDS = 15;

/** Prints one line of progress. */
export function say(line = '') {
  process.stdout.write(`${line}\n`);
}

/**
 * Announces a step, does it, and says how long it took; while it lasts, shows every 15 s that it is alive.
 * @template T
 * @param {string} label present participle, such as "Building the pages"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  say(`· ${label} …`);
  const tick = setInterval(
    () => say(`  still ${label[0]?.toLowerCase()}${label.slice(1)} (${seconds()})`),
    TICK_SECONDS * 1000,
  );
  try {
    const result = await work();
    say(`✓ ${label} (${seconds()})`);
    return result;
  } finally {
    clearInterval(tick);
  }
}
