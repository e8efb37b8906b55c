import { createHash } from 'node:crypto';
import { type EventRow, planEvent } from '@/lib/audit/append-event';
import type { Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { newId, toWire } from '@/lib/kernel/ids';
import { canonicalJson, sha256Canonical } from '@/lib/kernel/json/canonical-json';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import type { PublishedPolicies } from '@/lib/policy/published-policies';
import { judge } from '@/lib/policy/rules/judge';
import type { Verdict } from '@/lib/policy/schema';
import { type AgentRequestView, agentView } from './agent-view';
import type { RequestRow } from './request-row';
import { factsOf, type StoredAsk, storedAsk, titleOf } from './rules/ask';
import { openingStatus, validForSeconds } from './rules/lifecycle';
import type { AuthorizeBody } from './schema';
import { planToken, signToken, type TokenRow } from './token-of';

/** The agent behind a call, as its row is inside the transaction. */
export type CallingAgent = {
  id: string;
  keyId: string;
  name: string;
  labels: Record<string, string>;
  environment: string;
  /** The person whom the key is bound to; proves the initiator. */
  boundInitiator: string | null;
  stopped: boolean;
};

export type RequestPlan = {
  /** Whose ask it is, in the transaction that writes it: a batch holds asks of several agents. */
  ctx: Transaction;
  row: RequestRow;
  fingerprint: Buffer;
  payloadText: string;
  token: TokenRow | null;
  event: EventRow;
  view: AgentRequestView;
  supersedes: string | null;
};

/** The ask as policy will see it. Throws `forbidden` where the body contradicts its key. */
export function readAsk(body: AuthorizeBody, agent: CallingAgent): StoredAsk {
  if (body.environment !== undefined && body.environment !== agent.environment) {
    throw new AppError('forbidden', `this key is for the environment ${agent.environment}`);
  }
  const claimed = body.initiator?.toLowerCase();
  if (agent.boundInitiator && claimed !== undefined && claimed !== agent.boundInitiator) {
    throw new AppError('forbidden', 'this key is bound to another initiator');
  }
  const initiator = agent.boundInitiator ?? claimed;
  const { id, name, labels } = agent;
  const ask = storedAsk(body, { id: toWire('agt', id), name, labels }, agent.environment);
  return initiator === undefined ? ask : { ...ask, initiator };
}

/** What policy says of an ask, by the documents in force. A stopped org or agent is denied whatever they say. */
export function judgeAsk(
  ask: StoredAsk,
  payload: JsonValue,
  agent: CallingAgent,
  policies: PublishedPolicies,
  stopped: boolean,
  now: Date,
): Verdict {
  const verdict = judge(
    { org: policies.org, agent: policies.byAgent.get(agent.id) ?? null },
    factsOf(ask, payload),
    now,
  );
  if (!stopped && !agent.stopped) return verdict;
  const who = stopped ? 'The organisation' : 'This agent';
  const reason = {
    document: '',
    rule: 'stopped',
    guardrail: true,
    outcome: 'deny' as const,
    text: `${who} is stopped.`,
    missing: [],
    facts: [],
  };
  return {
    ...verdict,
    outcome: 'deny',
    reasons: [reason],
    requirements: [],
    slaSeconds: null,
    expiresSeconds: null,
    onBreach: null,
    wouldAllowIf: [],
  };
}

/** The document that speaks for a verdict: the first deciding rule's, else the first that took part. */
export function pinnedPolicy(
  verdict: Verdict,
  policies: PublishedPolicies,
): { name: string; version: number; hash: string } {
  const deciding =
    verdict.policies.find(({ name }) => name === verdict.reasons[0]?.document) ?? verdict.policies[0];
  return (
    policies.versions.get(deciding?.hash ?? '') ?? { name: 'none', version: 0, hash: sha256Canonical(null) }
  );
}

/** Everything one ask will write: row, revision, event, token and the answer. Writes nothing. */
export function planRequest(
  ctx: Transaction,
  agent: CallingAgent,
  body: AuthorizeBody,
  policies: PublishedPolicies,
  stopped: boolean,
): RequestPlan {
  const ask = readAsk(body, agent);
  const payload = body.payload;
  const verdict = judgeAsk(ask, payload, agent, policies, stopped, ctx.now);
  const row = openRow(ctx.now, agent, ask, payload, verdict, policies);
  const token = row.status === 'allowed' ? planToken(newId(), row, [], ctx.now) : null;
  const event = planEvent(ctx, openingEvent(row, token));
  const live = token ? signToken(ctx.org, row, token) : null;
  return {
    ctx,
    row,
    fingerprint: fingerprintOf(row),
    payloadText: canonicalJson(payload),
    token,
    event,
    view: agentView(row, [], live, ctx.now),
    supersedes: body.supersedes ?? null,
  };
}

function openRow(
  now: Date,
  agent: CallingAgent,
  ask: StoredAsk,
  payload: JsonValue,
  verdict: Verdict,
  policies: PublishedPolicies,
): RequestRow {
  const status = openingStatus(verdict.outcome);
  const pinned = pinnedPolicy(verdict, policies);
  const waits = status === 'pending';
  return {
    id: newId(),
    agentId: agent.id,
    keyId: agent.keyId,
    status,
    execution: 'none',
    version: 1,
    revision: 1,
    action: ask.action,
    summary: titleOf(ask),
    risk: verdict.risk,
    environment: agent.environment,
    counterparty: ask.counterparty ?? null,
    initiator: ask.initiator ?? null,
    initiatorProven: agent.boundInitiator !== null,
    runId: ask.context?.runId ?? null,
    externalRef: ask.externalRef ?? null,
    ask,
    verdict,
    policyName: pinned.name,
    policyVersion: pinned.version,
    policyHash: pinned.hash,
    policySerial: policies.serial,
    requiredApprovals: waits ? slotsOf(verdict) : 0,
    payloadHash: sha256Canonical(payload),
    feedback: null,
    openedAt: now,
    dueAt: waits ? secondsAfter(now, verdict.slaSeconds) : null,
    breachedAt: null,
    expiresAt: waits ? secondsAfter(now, verdict.expiresSeconds) : null,
    decidedAt: waits ? null : now,
    validUntil: status === 'allowed' ? secondsAfter(now, validForSeconds) : null,
    result: null,
    payload,
    editors: [],
  };
}

function secondsAfter(now: Date, seconds: number | null): Date | null {
  return seconds === null ? null : new Date(now.getTime() + seconds * 1000);
}

export function slotsOf(verdict: Verdict): number {
  return verdict.requirements.reduce((sum, requirement) => sum + requirement.count, 0);
}

/** Who is asked, once each: what the inbox of each person is found by. */
export function sourcesOf(verdict: Verdict): string[] {
  return [...new Set(verdict.requirements.map((requirement) => requirement.from))];
}

/** Two pending asks with one fingerprint are one ask. */
function fingerprintOf(row: RequestRow): Buffer {
  const { agentId, action, payloadHash, counterparty, environment, initiator, externalRef } = row;
  const same = canonicalJson({
    agentId,
    action,
    payloadHash,
    counterparty,
    environment,
    initiator,
    externalRef,
  });
  return createHash('sha256').update(same).digest();
}

const openingTypes = {
  allowed: 'action.allowed',
  denied: 'action.denied',
  pending: 'approval.requested',
} as const;

function openingEvent(row: RequestRow, token: TokenRow | null): Parameters<typeof planEvent>[1] {
  if (row.status !== 'allowed' && row.status !== 'denied' && row.status !== 'pending') {
    throw new AppError('conflict', `a request cannot open as ${row.status}`);
  }
  return {
    type: openingTypes[row.status],
    subject: { type: 'request', id: toWire('req', row.id) },
    requestId: row.id,
    runId: row.runId,
    action: row.action,
    status: row.status,
    agent: { id: row.agentId, version: row.ask.context?.agentVersion, model: row.ask.context?.modelId },
    decision: {
      verdict: row.verdict.outcome,
      payloadHash: row.payloadHash,
      revision: 1,
      policyHash: row.policyHash,
      policyVersion: row.policyVersion,
      policies: row.verdict.policies,
      votes: [],
    },
    ...(token && { token: toWire('tok', token.id) }),
    // The ask came from JSON, so it is JSON.
    detail: {
      ask: row.ask as unknown as JsonValue,
      payload: row.payload,
      reasons: row.verdict.reasons.map(({ rule, text }) => ({ rule, text })),
    },
  };
}
