// Unknown never helps the agent: conditions are true, false or unknown (Kleene), and unknown is never rounded on the way.

export const FALSE = 0;
export const UNKNOWN = 1;
export const TRUE = 2;

/** Ordered, so that `and` is the lesser, `or` the greater and `not` is `2 - truth`. */
export type Truth = typeof FALSE | typeof UNKNOWN | typeof TRUE;

export function not(truth: Truth): Truth {
  return truth === TRUE ? FALSE : truth === FALSE ? TRUE : UNKNOWN;
}
