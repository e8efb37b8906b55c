import { type Facts, LEVELS, type Level, type RiskLevel } from '../schema';
import type { Derived } from './fact-path';
import { higherRisk } from './join';

// Risk is the strictest of what the agent declared, what the matrix derives and what rules say; nothing lowers it.

/** What documents say of an action on each axis; null = unlisted. */
export type Axes = { impact: Level | null; reversibility: Level | null; regulatory: Level | null };

export const NO_AXES: Axes = { impact: null, reversibility: null, regulatory: null };

/** The stricter of two on each axis: more impact, less reversibility, more regulatory pressure. */
export function joinAxes(a: Axes, b: Axes): Axes {
  return {
    impact: more(a.impact, b.impact),
    reversibility: less(a.reversibility, b.reversibility),
    regulatory: more(a.regulatory, b.regulatory),
  };
}

/** What an agent may declare about its own action. */
export type Declared = Pick<Facts, 'risk' | 'impact' | 'reversibility' | 'regulatory'>;

/**
 * Axes and risk as conditions see them. An axis is the stricter of document and agent; unlisted counts as medium, but only
 * where the agent names the axis. No axis at all derives no risk. Throws on a level that is none.
 */
export function deriveFacts(axes: Axes, facts: Declared): Derived {
  const impact = axis(axes.impact, facts.impact, more);
  const reversibility = axis(axes.reversibility, facts.reversibility, less);
  const regulatory = axis(axes.regulatory, facts.regulatory, more);
  const derived = matrixRisk(impact, reversibility, regulatory);
  const declared = facts.risk;
  const risk = derived && declared ? higherRisk(derived, declared) : (derived ?? checked(declared));
  return { risk, impact, reversibility, regulatory };
}

/** Each axis scores 0 to 2; the sum 0–1 is low, 2–3 medium, 4–5 high, 6 critical. */
export function matrixRisk(
  impact: Level | undefined,
  reversibility: Level | undefined,
  regulatory: Level | undefined,
): RiskLevel | undefined {
  if (!impact && !reversibility && !regulatory) return undefined;
  const irreversibility = reversibility ? 2 - levelRank(reversibility) : 0;
  const score = (impact ? levelRank(impact) : 0) + irreversibility + (regulatory ? levelRank(regulatory) : 0);
  if (score <= 1) return 'low';
  if (score <= 3) return 'medium';
  return score <= 5 ? 'high' : 'critical';
}

function axis(
  listed: Level | null,
  declared: Level | undefined,
  stricter: (a: Level | null, b: Level | null) => Level | null,
): Level | undefined {
  if (declared === undefined) return listed ?? undefined;
  return stricter(listed ?? 'medium', declared) ?? undefined;
}

function checked(risk: RiskLevel | undefined): RiskLevel | undefined {
  return risk === undefined ? undefined : higherRisk(risk, 'low');
}

function more(a: Level | null, b: Level | null): Level | null {
  if (a === null) return b;
  if (b === null) return a;
  return levelRank(a) >= levelRank(b) ? a : b;
}

function less(a: Level | null, b: Level | null): Level | null {
  if (a === null) return b;
  if (b === null) return a;
  return levelRank(a) <= levelRank(b) ? a : b;
}

function levelRank(level: Level): number {
  const rank = LEVELS.indexOf(level);
  if (rank < 0) throw new Error('not a level');
  return rank;
}
