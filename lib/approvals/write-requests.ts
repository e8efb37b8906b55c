import { writeEvents } from '@/lib/audit/append-event';
import type { Transaction } from '@/lib/kernel/context';
import { type RequestPlan, sourcesOf } from './plan-request';

/** Writes planned requests as sets of rows. Answers with the plans that were inserted; the rest met an open twin. */
export async function writeRequests(
  ctx: Transaction,
  plans: readonly RequestPlan[],
): Promise<Set<RequestPlan>> {
  if (plans.length === 0) return new Set();
  const inserted = new Set((await insertRequests(ctx, plans)).map(({ id }) => id));
  const written = plans.filter((plan) => inserted.has(plan.row.id));
  await insertRevisions(ctx, written);
  await insertTokens(ctx, written);
  await writeEvents(
    ctx,
    written.map((plan) => plan.event),
  );
  return new Set(written);
}

function insertRequests(ctx: Transaction, plans: readonly RequestPlan[]): Promise<{ id: string }[]> {
  const rows = plans.map(({ row }) => row);
  const column = <T>(pick: (row: RequestPlan['row']) => T) => rows.map(pick);
  return ctx.db.$queryRaw<{ id: string }[]>`
    INSERT INTO requests (org_id, id, agent_id, key_id, status, execution, version, revision, action, summary, risk,
      environment, counterparty, initiator, initiator_proven, run_id, external_ref, ask, verdict, policy_name,
      policy_version, policy_hash, policy_serial, required_approvals, sources, payload_hash, fingerprint, opened_at, due_at,
      expires_at, decided_at, valid_until)
    SELECT ${ctx.org}::uuid, g.id, g.agent_id, g.key_id, g.status, 'none', 1, 1, g.action, g.summary, g.risk,
      g.environment, g.counterparty, g.initiator, g.proven, g.run_id, g.external_ref, g.ask::jsonb, g.verdict::jsonb,
      g.policy_name, g.policy_version, g.policy_hash, g.serial, g.required, string_to_array(g.sources, E'\\n'), g.payload_hash, g.fingerprint,
      ${ctx.now.toISOString()}::timestamptz, g.due_at, g.expires_at, g.decided_at, g.valid_until
    FROM unnest(
      ${column((row) => row.id)}::uuid[], ${column((row) => row.agentId)}::uuid[], ${column((row) => row.keyId)}::uuid[],
      ${column((row) => row.status)}::text[], ${column((row) => row.action)}::text[], ${column((row) => row.summary)}::text[],
      ${column((row) => row.risk)}::text[], ${column((row) => row.environment)}::text[],
      ${column((row) => row.counterparty)}::text[], ${column((row) => row.initiator)}::text[],
      ${column((row) => row.initiatorProven)}::boolean[], ${column((row) => row.runId)}::text[],
      ${column((row) => row.externalRef)}::text[], ${column((row) => JSON.stringify(row.ask))}::text[],
      ${column((row) => JSON.stringify(row.verdict))}::text[], ${column((row) => row.policyName)}::text[],
      ${column((row) => row.policyVersion)}::int[], ${column((row) => row.policyHash)}::text[],
      ${column((row) => row.policySerial)}::int[], ${column((row) => row.requiredApprovals)}::int[],
      ${column((row) => sourcesOf(row.verdict).join('\n'))}::text[],
      ${column((row) => row.payloadHash)}::text[], ${plans.map((plan) => plan.fingerprint)}::bytea[],
      ${column((row) => iso(row.dueAt))}::timestamptz[], ${column((row) => iso(row.expiresAt))}::timestamptz[],
      ${column((row) => iso(row.decidedAt))}::timestamptz[], ${column((row) => iso(row.validUntil))}::timestamptz[])
      AS g (id, agent_id, key_id, status, action, summary, risk, environment, counterparty, initiator, proven, run_id,
        external_ref, ask, verdict, policy_name, policy_version, policy_hash, serial, required, sources, payload_hash,
        fingerprint, due_at, expires_at, decided_at, valid_until)
    ON CONFLICT (org_id, fingerprint) WHERE status = 'pending' DO NOTHING
    RETURNING id`;
}

async function insertRevisions(ctx: Transaction, plans: readonly RequestPlan[]): Promise<void> {
  if (plans.length === 0) return;
  await ctx.db.$executeRaw`
    INSERT INTO revisions (org_id, request_id, revision, payload, payload_hash, verdict, policy_hash, created_at)
    SELECT ${ctx.org}::uuid, g.id, 1, g.payload, g.hash, g.verdict::jsonb, g.policy_hash, ${ctx.now.toISOString()}::timestamptz
      FROM unnest(${plans.map((plan) => plan.row.id)}::uuid[], ${plans.map((plan) => plan.payloadText)}::text[],
        ${plans.map((plan) => plan.row.payloadHash)}::text[],
        ${plans.map((plan) => JSON.stringify(plan.row.verdict))}::text[],
        ${plans.map((plan) => plan.row.policyHash)}::text[]) AS g (id, payload, hash, verdict, policy_hash)`;
}

async function insertTokens(ctx: Transaction, plans: readonly RequestPlan[]): Promise<void> {
  const tokens = plans.flatMap(({ row, token }) => (token ? [{ requestId: row.id, ...token }] : []));
  if (tokens.length === 0) return;
  await ctx.db.$executeRaw`
    INSERT INTO tokens (org_id, approvers, id, request_id, revision, audience, issued_at, expires_at)
    SELECT ${ctx.org}::uuid, '{}', * FROM unnest(${tokens.map((token) => token.id)}::uuid[],
      ${tokens.map((token) => token.requestId)}::uuid[], ${tokens.map((token) => token.revision)}::int[],
      ${tokens.map((token) => token.audience)}::text[], ${tokens.map((token) => iso(token.issuedAt))}::timestamptz[],
      ${tokens.map((token) => iso(token.expiresAt))}::timestamptz[])`;
}

function iso(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
