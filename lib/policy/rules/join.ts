import { OUTCOMES, type Outcome, type Requirement, RISK_LEVELS, type RiskLevel } from '../schema';

// Strictest wins and order never matters: the join of two rules' terms takes the stricter of each.

/** What one rule asks for, and what many ask for together. Null = says nothing about it. */
export type Terms = {
  outcome: Outcome;
  risk: RiskLevel;
  /** Sorted by `from`, each source once. */
  requirements: readonly Requirement[];
  slaSeconds: number | null;
  expiresSeconds: number | null;
  onBreach: 'hold' | 'reject' | null;
  /** Sorted, no path within another. Null = the whole payload. */
  editable: readonly string[] | null;
};

/** Associative, commutative, idempotent. Never mutates. */
export function joinTerms(a: Terms, b: Terms): Terms {
  return {
    outcome: stricterOutcome(a.outcome, b.outcome),
    risk: higherRisk(a.risk, b.risk),
    requirements: unionRequirements(a.requirements, b.requirements),
    slaSeconds: lesser(a.slaSeconds, b.slaSeconds),
    expiresSeconds: lesser(a.expiresSeconds, b.expiresSeconds),
    onBreach: a.onBreach === 'reject' || b.onBreach === 'reject' ? 'reject' : (a.onBreach ?? b.onBreach),
    editable: intersectEditable(a.editable, b.editable),
  };
}

/** Position from loosest to strictest. Throws on a word that is no outcome. */
export function outcomeRank(outcome: Outcome): number {
  const rank = OUTCOMES.indexOf(outcome);
  if (rank < 0) throw new Error('not an outcome');
  return rank;
}

/** Position from low to critical. Throws on a word that is no level, so that a bad claim is denied, not ignored. */
export function riskRank(risk: RiskLevel): number {
  const rank = RISK_LEVELS.indexOf(risk);
  if (rank < 0) throw new Error('not a risk level');
  return rank;
}

export function stricterOutcome(a: Outcome, b: Outcome): Outcome {
  return outcomeRank(a) >= outcomeRank(b) ? a : b;
}

export function higherRisk(a: RiskLevel, b: RiskLevel): RiskLevel {
  return riskRank(a) >= riskRank(b) ? a : b;
}

/** The union; the same source asks for the larger of its counts. */
export function unionRequirements(a: readonly Requirement[], b: readonly Requirement[]): Requirement[] {
  const counts = new Map<string, number>();
  for (const { from, count } of [...a, ...b]) counts.set(from, Math.max(count, counts.get(from) ?? 0));
  return [...counts]
    .map(([from, count]) => ({ from, count }))
    .sort((one, two) => (one.from < two.from ? -1 : 1));
}

/** What both leave editable: a path stays where the other names it or something around it. */
export function intersectEditable(
  a: readonly string[] | null,
  b: readonly string[] | null,
): readonly string[] | null {
  if (a === null) return b;
  if (b === null) return a;
  return outermost([
    ...a.filter((path) => b.some((other) => isWithin(path, other))),
    ...b.filter((path) => a.some((other) => isWithin(path, other))),
  ]);
}

/** Sorted, without repeats and without paths inside another: one spelling for one set of fields. */
export function outermost(paths: readonly string[]): string[] {
  const kept = paths.filter((path) => !paths.some((other) => other !== path && isWithin(path, other)));
  return [...new Set(kept)].sort();
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`);
}

function lesser(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  if (b === null) return a;
  return Math.min(a, b);
}
