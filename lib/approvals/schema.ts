import { z } from 'zod/mini';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import type { Outcome, Reason, Requirement, RiskLevel } from '@/lib/policy/schema';
import { isPathOf } from './rules/masking';

/** Every state a request can be in; `lib/approvals/rules/lifecycle.ts` holds the moves between them. */
export const requestStatuses = [
  'allowed',
  'denied',
  'pending',
  'approved',
  'rejected',
  'expired',
  'cancelled',
  'superseded',
] as const;
export type RequestStatus = (typeof requestStatuses)[number];
export type Execution = 'none' | 'redeemed' | 'succeeded' | 'failed';
export type Tone = 'slate' | 'blue' | 'emerald' | 'amber' | 'red';

const text = (longest: number) => z.string().check(z.minLength(1), z.maxLength(longest));
const level = z.enum(['low', 'medium', 'high']);
const json = z.custom<JsonValue>((value) => value !== undefined);
const jsonObject = z.record(z.string(), json);
const link = z.string().check(
  z.maxLength(2048),
  z.refine((value) => /^https?:\/\/[^\s]+$/i.test(value), 'expected an http or https address'),
);

export const Evidence = z.strictObject({
  label: text(120),
  value: text(2000),
  tone: z._default(z.enum(['slate', 'blue', 'emerald', 'amber', 'red']), 'slate'),
  href: z.optional(link),
});
export type Evidence = z.infer<typeof Evidence>;

export const AskContext = z.strictObject({
  runId: z.optional(text(200)),
  agentVersion: z.optional(text(100)),
  modelId: z.optional(text(200)),
  trigger: z.optional(text(2000)),
  steps: z.optional(
    z
      .array(z.strictObject({ name: text(200), output: z.optional(z.string().check(z.maxLength(8000))) }))
      .check(z.maxLength(50)),
  ),
  traceUrl: z.optional(link),
  inputs: z.optional(jsonObject),
});
export type AskContext = z.infer<typeof AskContext>;

/** A path that names nothing would mask nothing: a misspelt one is refused, and so is one through a key with a dot. */
function namesWhatIsThere({ value, issues }: z.core.ParsePayload<Partial<Sensitive>>): void {
  for (const [index, path] of (value.sensitive ?? []).entries()) {
    if (isPathOf(value.payload ?? {}, path)) continue;
    const message = 'expected the path of something in this payload, without dots in its keys';
    issues.push({ code: 'custom', path: ['sensitive', index], input: path, message });
  }
}
type Sensitive = { payload: Record<string, JsonValue>; sensitive: string[] };

/**
 * Body of `POST /v1/authorize` (agent-api.md, “Authorize”). Unknown members are refused. What `sensitive` names is
 * masked in the payload, the diff and the context's inputs; summary, rationale, evidence and steps are the agent's
 * own words and shown to every member as they are.
 */
export const AuthorizeBody = z
  .strictObject({
    action: z
      .string()
      .check(z.maxLength(200), z.regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/, 'expected a lower-case dotted name')),
    summary: z.optional(text(500)),
    payload: z._default(jsonObject, {}),
    counterparty: z.optional(text(500)),
    environment: z.optional(text(100)),
    initiator: z.optional(text(320)),
    rationale: z.optional(text(8000)),
    confidence: z.optional(z.number().check(z.gte(0), z.lte(1))),
    risk: z.optional(z.enum(['low', 'medium', 'high', 'critical'])),
    impact: z.optional(level),
    reversibility: z.optional(level),
    regulatory: z.optional(level),
    signals: z.optional(jsonObject),
    alternatives: z.optional(z.array(text(1000)).check(z.maxLength(20))),
    evidence: z.optional(z.array(Evidence).check(z.maxLength(40))),
    diff: z.optional(z.strictObject({ before: json, after: json })),
    context: z.optional(AskContext),
    sensitive: z.optional(
      z
        .array(z.string().check(z.maxLength(200), z.regex(/^payload\.[^\s]+$/, 'expected payload.<field>')))
        .check(z.maxLength(50)),
    ),
    externalRef: z.optional(text(200)),
    supersedes: z.optional(z.string().check(z.maxLength(40))),
  })
  .check(namesWhatIsThere);
export type AuthorizeBody = z.infer<typeof AuthorizeBody>;

export const ResultBody = z.strictObject({
  status: z.enum(['succeeded', 'failed']),
  output: z.optional(json),
  checks: z.optional(
    z
      .array(z.strictObject({ name: text(200), passed: z.boolean(), detail: z.optional(text(2000)) }))
      .check(z.maxLength(50)),
  ),
});
export type ResultBody = z.infer<typeof ResultBody>;

export const CancelBody = z.strictObject({ reason: z.optional(text(1000)) });
export type CancelBody = z.infer<typeof CancelBody>;

export const RedeemBody = z.strictObject({ token: text(8192), payload: json });
export type RedeemBody = z.infer<typeof RedeemBody>;
export const VerifyBody = z.strictObject({
  token: text(8192),
  payload: json,
  audience: z.optional(text(500)),
});
export type VerifyBody = z.infer<typeof VerifyBody>;

/** Body of `POST /api/requests/{id}/votes`: what was on screen, and what the person says about it. */
export const VoteBody = z.strictObject({
  verdict: z.enum(['approve', 'reject']),
  revision: z.int().check(z.gte(1)),
  payloadHash: z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256:<64 hex digits>')),
  reason: z.optional(z.string().check(z.maxLength(2000))),
  payload: z.optional(jsonObject),
});
export type VoteBody = z.infer<typeof VoteBody>;

export const PreviewBody = z.strictObject({ payload: jsonObject });
export type PreviewBody = z.infer<typeof PreviewBody>;

/** One line of the inbox. */
export type RequestListItem = {
  id: string;
  title: string;
  action: string;
  agent: { id: string; name: string };
  risk: RiskLevel;
  status: RequestStatus;
  why: string;
  openedAt: string;
  dueAt: string | null;
  expiresAt: string | null;
  decidedAt: string | null;
  breached: boolean;
  /** A reviewer changed the payload. */
  edited: boolean;
  slots: number;
  met: number;
  /** Whether the reader may vote, has voted, or neither. */
  you: 'may_vote' | 'voted' | 'may_not';
};

export type Person = { id: string; name: string };

export type RequirementDetail = {
  from: string;
  /** “Finance team”, “Approvers”, “Any named approver”. */
  label: string;
  count: number;
  met: number;
  filledBy: Person[];
  /** People who could fill it right now, at most ten, the reader first. */
  candidates: Person[];
  youCan: boolean;
};

export type TimelineEntry = {
  id: string;
  type: string;
  at: string;
  actor: { kind: string; name: string };
  text: string;
  note?: string;
};

/** Everything the request page shows. `payload` has the values at `masked` pointers replaced by a mask. */
export type RequestDetail = {
  id: string;
  status: RequestStatus;
  execution: Execution;
  action: string;
  title: string;
  risk: RiskLevel;
  environment: string;
  counterparty: string | null;
  initiator: string | null;
  agent: { id: string; name: string; version: string | null; model: string | null; owner: string };
  runId: string | null;
  openedAt: string;
  dueAt: string | null;
  expiresAt: string | null;
  breachedAt: string | null;
  decidedAt: string | null;
  onBreach: 'hold' | 'reject' | null;
  rationale: string | null;
  confidence: number | null;
  impact: string | null;
  reversibility: string | null;
  regulatory: string | null;
  alternatives: string[];
  evidence: (Evidence & { source: 'agent' | 'policy' })[];
  diff: { before: JsonValue; after: JsonValue } | null;
  context: AskContext | null;
  /** The agent's own payload (revision 1) and the current one. */
  proposed: JsonValue;
  payload: JsonValue;
  payloadHash: string;
  revision: number;
  /** JSON pointers whose values are masked. */
  masked: string[];
  /** Paths a reviewer may edit; null is the whole payload, [] none. */
  editable: string[] | null;
  reasons: Reason[];
  wouldAllowIf: string[];
  policy: { name: string; version: number; hash: string };
  requirements: RequirementDetail[];
  slots: number;
  met: number;
  votes: {
    member: Person;
    verdict: 'approve' | 'reject';
    revision: number;
    current: boolean;
    reason: string | null;
    at: string;
  }[];
  edits: { revision: number; by: Person; at: string; before: JsonValue; after: JsonValue }[];
  timeline: TimelineEntry[];
  feedback: string | null;
  result: ResultBody | null;
  you: { mayVote: boolean; why: string | null; voted: 'approve' | 'reject' | null; mayReveal: boolean };
};

/** What an edit would come to, before it is made; `needsAnother`: someone who edited nothing must approve too. */
export type PreviewView =
  | {
      ok: true;
      outcome: Outcome;
      risk: RiskLevel;
      slots: number;
      needsAnother: boolean;
      requirements: Requirement[];
      reasons: Reason[];
    }
  | { ok: false; errors: { pointer: string; detail: string }[] };
