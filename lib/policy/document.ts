import type { Level, Requirement, RiskLevel } from './schema';

// A policy document after parsing: plain JSON, every name resolved, durations in seconds.

export const OPERATORS = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'not_in',
  'starts_with',
  'ends_with',
  'contains',
  'exists',
] as const;
export type Operator = (typeof OPERATORS)[number];

export type Scalar = string | number | boolean;

/** One operator on one fact. `path` is `''` inside a quantifier, where it means the list's element. */
export type Comparison = { kind: 'compare'; path: string; operator: Operator; value: Scalar | Scalar[] };

export type Condition =
  | Comparison
  | { kind: 'all' | 'any'; of: Condition[] }
  | { kind: 'not'; of: Condition }
  | { kind: 'some' | 'every'; path: string; of: Condition };

/** What documents can say today; the wider `Outcome` keeps the order for what comes later. */
export type WritableOutcome = 'allow' | 'require_approval' | 'deny';

export type PolicyRule = {
  id: string;
  /** Action patterns; null = any action. */
  actions: string[] | null;
  when: Condition | null;
  unless: Condition | null;
  outcome: WritableOutcome;
  reason: string | null;
  risk: RiskLevel | null;
  approvals: Requirement[] | null;
  slaSeconds: number | null;
  expiresSeconds: number | null;
  onBreach: 'hold' | 'reject' | null;
  editable: string[] | null;
};

export type MatrixRow = {
  action: string;
  impact: Level | null;
  reversibility: Level | null;
  regulatory: Level | null;
};

export type PolicyDocument = {
  version: 1;
  name: string;
  default: 'require_approval' | 'deny';
  lists: { name: string; values: Scalar[] }[];
  actions: MatrixRow[];
  guardrails: PolicyRule[];
  rules: PolicyRule[];
};

/** Seven days: no request stays open longer. */
export const LONGEST_SECONDS = 7 * 24 * 60 * 60;
