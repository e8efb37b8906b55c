/**
 * Stops the command with one sentence that says what is wrong and what to do.
 * Thrown instead of returned so that everything started so far is stopped on the way out.
 * @param {string} sentence
 * @returns {never}
 */
export function refuse(sentence) {
  throw Object.assign(new Error(sentence), { isRefusal: true });
}

/** @param {unknown} error */
export function isRefusal(error) {
  return error instanceof Error && 'isRefusal' in error;
}
