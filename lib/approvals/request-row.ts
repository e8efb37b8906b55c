import type { JsonValue } from '@/lib/kernel/json/json-value';
import type { RiskLevel, Verdict } from '@/lib/policy/schema';
import type { StoredAsk } from './rules/ask';
import type { Execution, RequestStatus, ResultBody } from './schema';

/** A request as its row has it, with the current revision's payload. Ids are UUIDs. */
export type RequestRow = {
  id: string;
  agentId: string;
  keyId: string;
  status: RequestStatus;
  execution: Execution;
  version: number;
  revision: number;
  action: string;
  summary: string;
  risk: RiskLevel;
  environment: string;
  counterparty: string | null;
  initiator: string | null;
  initiatorProven: boolean;
  runId: string | null;
  externalRef: string | null;
  ask: StoredAsk;
  verdict: Verdict;
  policyName: string;
  policyVersion: number;
  policyHash: string;
  policySerial: number;
  requiredApprovals: number;
  payloadHash: string;
  feedback: string | null;
  openedAt: Date;
  dueAt: Date | null;
  breachedAt: Date | null;
  expiresAt: Date | null;
  decidedAt: Date | null;
  validUntil: Date | null;
  result: ResultBody | null;
  payload: JsonValue;
  /** Who made revisions of it; nobody while it is the agent's own. */
  editors: string[];
};
