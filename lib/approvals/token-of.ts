import { env } from '@/lib/kernel/env';
import { toWire } from '@/lib/kernel/ids';
import { keyring } from '@/lib/tokens/keyring';
import { TOKEN_LIFE } from '@/lib/tokens/rules/claims';
import { issueApprovalToken } from '@/lib/tokens/rules/issue-approval-token';
import type { LiveToken } from './agent-view';
import type { RequestRow } from './request-row';

/** A token's row: with it and the request the same token can be signed again, byte for byte. */
export type TokenRow = {
  id: string;
  revision: number;
  audience: string;
  /** Members whose votes counted, in the order they approved; nobody where policy allowed. */
  approvers: string[];
  issuedAt: Date;
  expiresAt: Date;
};

/** A new token's row: five minutes, never beyond the approval itself. The counterparty is its audience, else the agent. */
export function planToken(id: string, request: RequestRow, approvers: string[], now: Date): TokenRow {
  const until = Math.min(
    now.getTime() + TOKEN_LIFE.defaultSeconds * 1000,
    request.validUntil?.getTime() ?? now.getTime(),
  );
  return {
    id,
    revision: request.revision,
    audience: request.counterparty ?? toWire('agt', request.agentId),
    approvers,
    issuedAt: now,
    expiresAt: new Date(until),
  };
}

/** The signed token of a row: Ed25519 is deterministic. */
export function signToken(org: string, request: RequestRow, row: TokenRow): LiveToken {
  const grant = {
    iss: env().COUNTERSIGN_URL,
    aud: row.audience,
    sub: toWire('agt', request.agentId),
    org: toWire('org', org),
    jti: toWire('tok', row.id),
    request: toWire('req', request.id),
    revision: row.revision,
    action: request.action,
    policy_hash: request.policyHash,
    approvers: row.approvers.map((member) => toWire('mem', member)),
    step_up: false,
  };
  const lifeSeconds = (row.expiresAt.getTime() - row.issuedAt.getTime()) / 1000;
  const { token } = issueApprovalToken(keyring(), grant, request.payload, { now: row.issuedAt, lifeSeconds });
  return { token, expiresAt: row.expiresAt };
}
