/** A problem in a policy's text, at its line and column, both from 1. */
export type PolicyProblem = { line: number; column: number; detail: string };

export type PolicyCheck = { ok: true } | { ok: false; errors: PolicyProblem[] };
export type PolicyPublished =
  | { ok: true; version: number }
  | { ok: false; message: string; errors: PolicyProblem[] };
