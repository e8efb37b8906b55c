// Each event of a request in the words a reviewer uses: policy denies, people reject.

const texts: Record<string, string> = {
  'action.allowed': 'allowed by policy',
  'action.denied': 'denied by policy',
  'approval.requested': 'asked for approval',
  'approval.edited': 'edited the payload',
  'approval.rejudged': 'Policy changed meanwhile and asks for more',
  'approval.granted': 'Approved',
  'approval.rejected': 'Rejected',
  'approval.sla_breach': 'Time to respond passed',
  'approval.held': 'Still waiting: policy holds it',
  'approval.expired': 'Closed without a decision',
  'approval.cancelled': 'withdrew the request',
  'approval.superseded': 'replaced it with a newer request',
  'approval.refused': 'tried to decide and was refused',
  'audit.revealed': 'revealed masked fields',
  'token.issued': 'received a fresh approval token',
  'token.verified': 'Approval token verified',
  'token.redeemed': 'Approval used',
  'action.reported': 'reported the result',
};

/** The event in words. `verdict` tells an approving from a rejecting vote. */
export function timelineText(type: string, status: string | null, verdict: string | null): string {
  if (type === 'approval.voted') return verdict === 'reject' ? 'rejected' : 'approved';
  if (type === 'action.reported') return status === 'failed' ? 'reported a failure' : 'reported success';
  return texts[type] ?? type;
}
