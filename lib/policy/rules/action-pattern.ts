// An action pattern is lower-case and dotted, and `*` stands for any run of characters, dots included.

const ACTION = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;
const PATTERN = /^[a-z0-9_*-]+(\.[a-z0-9_*-]+)*$/;
const LONGEST = 200;

/** True for a well-formed action type such as `payment.send` (≤ 200 characters). Anything else is never judged. */
export function isActionType(text: string): boolean {
  return text.length <= LONGEST && ACTION.test(text);
}

/** True for a well-formed pattern such as `payment.*`. */
export function isActionPattern(text: string): boolean {
  return text.length <= LONGEST && PATTERN.test(text);
}

/** Greedy left to right, so no pattern backtracks more than once a star. */
export function matchesAction(pattern: string, action: string): boolean {
  if (!pattern.includes('*')) return pattern === action;
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  const last = pieces[pieces.length - 1] ?? '';
  if (action.length < first.length + last.length) return false;
  if (!action.startsWith(first) || !action.endsWith(last)) return false;
  const end = action.length - last.length;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = action.indexOf(piece, from);
    if (found < 0 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}
