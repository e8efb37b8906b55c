/** The RFC 6901 pointer to the value reached by these member names and array indices; '' is the whole. */
export function jsonPointer(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
