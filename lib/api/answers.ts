import { z } from 'zod';
import { requestStatuses } from '@/lib/approvals/schema';
import { OUTCOMES, RISK_LEVELS } from '@/lib/policy/schema';
import { ApprovalClaims } from '@/lib/tokens/rules/claims';

// What the agent API answers, for its OpenAPI document; the views are built by the rooms.

const reason = z.object({ rule: z.string(), text: z.string(), missing: z.array(z.string()) });
const requirement = z.object({ from: z.string(), count: z.number().int(), met: z.number().int() });
const execution = z.enum(['none', 'redeemed', 'succeeded', 'failed']);
const time = z.string().meta({ format: 'date-time' });

export const DryRunQuery = z.object({ dry_run: z.enum(['true', 'false']).optional() });

export const RequestView = z.object({
  id: z.string(),
  decision: z.enum(OUTCOMES),
  status: z.enum(requestStatuses),
  execution,
  deduplicated: z.literal(true).optional(),
  action: z.string(),
  summary: z.string(),
  reasons: z.array(reason),
  wouldAllowIf: z.array(z.string()),
  risk: z.enum(RISK_LEVELS),
  policy: z.object({ name: z.string(), version: z.number().int(), hash: z.string() }),
  payload: z.record(z.string(), z.unknown()),
  payloadHash: z.string(),
  revision: z.number().int(),
  edited: z.boolean(),
  approval: z
    .object({
      url: z.string(),
      dueAt: time,
      expiresAt: time,
      requirements: z.array(requirement),
      votes: z.array(
        z.object({ verdict: z.enum(['approve', 'reject']), revision: z.number().int(), at: time }),
      ),
    })
    .optional(),
  token: z.string().optional(),
  tokenExpiresAt: time.optional(),
  feedback: z.string().optional(),
  externalRef: z.string().optional(),
  openedAt: time,
  decidedAt: time.optional(),
});

export const RequestList = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      status: z.enum(requestStatuses),
      execution,
      action: z.string(),
      summary: z.string(),
      risk: z.enum(RISK_LEVELS),
      externalRef: z.string().nullable(),
      runId: z.string().nullable(),
      openedAt: time,
      decidedAt: time.nullable(),
    }),
  ),
  nextCursor: z.string().nullable(),
});

export const Verified = z.union([
  z.object({ valid: z.literal(true), claims: ApprovalClaims, execution }),
  z.object({ valid: z.literal(false), reason: z.string() }),
]);

export const Redeemed = z.object({
  request: z.string(),
  execution: z.literal('redeemed'),
  redeemedAt: time,
  action: z.string(),
  payloadHash: z.string(),
  agent: z.string(),
});

export const Keys = z.object({
  keys: z.array(
    z.object({
      kid: z.string(),
      use: z.string(),
      paserk: z.string(),
      notBefore: time,
      retiredAt: time.nullable(),
    }),
  ),
});

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  requestId: z.string(),
});
