import * as z from 'zod/mini';

// Browser-safe: vocabulary, schemas and types of what policy takes in (facts) and gives back (verdict).

/** Loosest first: the join of two outcomes is the later one. `require_step_up` and `draft` are ordered, not yet writable. */
export const OUTCOMES = ['allow', 'require_approval', 'require_step_up', 'draft', 'deny'] as const;
export const RISK_LEVELS = ['low', 'medium', 'high', 'critical'] as const;
export const LEVELS = ['low', 'medium', 'high'] as const;

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export const JsonValue: z.ZodMiniType<JsonValue> = z.json();

export const Outcome = z.enum(OUTCOMES);
export type Outcome = z.infer<typeof Outcome>;

export const RiskLevel = z.enum(RISK_LEVELS);
export type RiskLevel = z.infer<typeof RiskLevel>;

export const Level = z.enum(LEVELS);
export type Level = z.infer<typeof Level>;

/**
 * `count` distinct people out of `from`: `user:<email>`, `group:<slug>`, `approvers`, `owner` (the agent's),
 * or `any` (any source the verdict names; only the floor writes it, documents can't).
 */
export const Requirement = z.object({
  from: z.string().check(z.regex(/^(any|approvers|owner|group:[a-z0-9][a-z0-9-]*|user:[^\s@]+@[^\s@]+)$/)),
  count: z.int().check(z.positive()),
});
export type Requirement = z.infer<typeof Requirement>;

/** All that a judgement may look at. Doors build it; nothing an agent sends can shadow another namespace. */
export const Facts = z.object({
  action: z.string(),
  payload: JsonValue,
  counterparty: z.optional(z.string()),
  environment: z.string(),
  agent: z.object({
    id: z.string(),
    name: z.string(),
    version: z.optional(z.string()),
    model: z.optional(z.string()),
    labels: z.record(z.string(), z.string()),
  }),
  initiator: z.optional(z.string()),
  /** As declared by the agent; it can raise the risk, never lower it. */
  risk: z.optional(RiskLevel),
  confidence: z.optional(z.number()),
  impact: z.optional(Level),
  reversibility: z.optional(Level),
  regulatory: z.optional(Level),
  signals: z.record(z.string(), JsonValue),
});
export type Facts = z.infer<typeof Facts>;

/** One comparison that decided. `operator` is stated as it held (`not_…` where a document's test was false). */
export const DecidingFact = z.object({
  path: z.string(),
  operator: z.string(),
  value: z.optional(JsonValue),
  threshold: JsonValue,
});
export type DecidingFact = z.infer<typeof DecidingFact>;

/** A rule that took part. `missing` lists facts that were absent or of a type the rule's operators don't take. */
export const Reason = z.object({
  document: z.string(),
  rule: z.string(),
  guardrail: z.boolean(),
  outcome: Outcome,
  text: z.string(),
  missing: z.array(z.string()),
  facts: z.array(DecidingFact),
});
export type Reason = z.infer<typeof Reason>;

/**
 * What policy says. `risk` is `low` where nothing declares or derives one. People's terms (`requirements`, `slaSeconds`,
 * `expiresSeconds`, `onBreach`, `editable`) are empty or null unless the outcome needs people;
 * `editable` null then means the whole payload, `[]` that it is locked.
 */
export const Verdict = z.object({
  outcome: Outcome,
  risk: RiskLevel,
  reasons: z.array(Reason),
  requirements: z.array(Requirement),
  slaSeconds: z.nullable(z.number()),
  expiresSeconds: z.nullable(z.number()),
  onBreach: z.nullable(z.enum(['hold', 'reject'])),
  editable: z.nullable(z.array(z.string())),
  wouldAllowIf: z.array(z.string()),
  policies: z.array(z.object({ name: z.string(), hash: z.string() })),
});
export type Verdict = z.infer<typeof Verdict>;
