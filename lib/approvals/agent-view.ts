import { env } from '@/lib/kernel/env';
import { toWire } from '@/lib/kernel/ids';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import type { Outcome, Requirement, RiskLevel } from '@/lib/policy/schema';
import type { RequestRow } from './request-row';
import { titleOf } from './rules/ask';
import { statusAt } from './rules/lifecycle';
import { fillDecision } from './rules/quorum';
import type { Execution, RequestStatus } from './schema';

/** A live vote as the views need it; `fills` are the requirements its person could fill. */
export type VoteRow = {
  memberId: string;
  verdict: 'approve' | 'reject';
  revision: number;
  at: Date;
  fills: number[];
};

export type LiveToken = { token: string; expiresAt: Date };

/** What an agent is told about its request (agent-api.md). Times are ISO 8601 in UTC. */
export type AgentRequestView = {
  id: string;
  decision: Outcome;
  status: RequestStatus;
  execution: Execution;
  deduplicated?: true;
  action: string;
  summary: string;
  reasons: { rule: string; text: string; missing: string[] }[];
  wouldAllowIf: string[];
  risk: RiskLevel;
  policy: { name: string; version: number; hash: string };
  payload: JsonValue;
  payloadHash: string;
  revision: number;
  edited: boolean;
  approval?: {
    url: string;
    dueAt: string;
    expiresAt: string;
    requirements: (Requirement & { met: number })[];
    votes: { verdict: 'approve' | 'reject'; revision: number; at: string }[];
  };
  token?: string;
  tokenExpiresAt?: string;
  feedback?: string;
  externalRef?: string;
  openedAt: string;
  decidedAt?: string;
};

/** The request as its agent is told (agent-api.md). Status is what is true at `now`. */
export function agentView(
  request: RequestRow,
  votes: readonly VoteRow[],
  token: LiveToken | null,
  now: Date,
): AgentRequestView {
  return {
    id: toWire('req', request.id),
    decision: request.verdict.outcome,
    status: statusAt(request, now),
    execution: request.execution,
    action: request.action,
    summary: titleOf(request),
    reasons: request.verdict.reasons.map(({ rule, text, missing }) => ({ rule, text, missing })),
    wouldAllowIf: request.verdict.wouldAllowIf,
    risk: request.risk,
    policy: { name: request.policyName, version: request.policyVersion, hash: request.policyHash },
    payload: request.payload,
    payloadHash: request.payloadHash,
    revision: request.revision,
    edited: request.revision > 1,
    ...(request.dueAt &&
      request.expiresAt && { approval: approvalOf(request, votes, request.dueAt, request.expiresAt) }),
    ...(token && { token: token.token, tokenExpiresAt: token.expiresAt.toISOString() }),
    ...(request.feedback && { feedback: request.feedback }),
    ...(request.externalRef && { externalRef: request.externalRef }),
    openedAt: request.openedAt.toISOString(),
    ...(request.decidedAt && { decidedAt: request.decidedAt.toISOString() }),
  };
}

function approvalOf(
  request: RequestRow,
  votes: readonly VoteRow[],
  dueAt: Date,
  expiresAt: Date,
): AgentRequestView['approval'] {
  const approvals = votes.filter((vote) => vote.revision === request.revision && vote.verdict === 'approve');
  const quorum = fillDecision(request.verdict.requirements, approvals, request);
  return {
    url: `${env().COUNTERSIGN_URL}/requests/${toWire('req', request.id)}`,
    dueAt: dueAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    requirements: request.verdict.requirements.map((requirement, index) => ({
      ...requirement,
      met: quorum.filledBy[index]?.length ?? 0,
    })),
    votes: votes.map(({ verdict, revision, at }) => ({ verdict, revision, at: at.toISOString() })),
  };
}
