import type { Reason, Verdict } from '../schema';
import { outcomeRank } from './join';

// Reasons stand strictest first, then by name: the order in which rules were written shows nowhere.

export function byStrictness(a: Reason, b: Reason): number {
  return (
    outcomeRank(b.outcome) - outcomeRank(a.outcome) ||
    compareText(a.document, b.document) ||
    compareText(a.rule, b.rule) ||
    Number(b.guardrail) - Number(a.guardrail)
  );
}

export function byName(a: Verdict['policies'][number], b: Verdict['policies'][number]): number {
  return compareText(a.name, b.name) || compareText(a.hash, b.hash);
}

/** By code units: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
