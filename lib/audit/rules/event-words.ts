// Every event of the record is told in words, and its tone says whether something was let through, stopped or late.

export type EventTone = 'slate' | 'blue' | 'emerald' | 'amber' | 'red';

const words: Record<string, string> = {
  'action.allowed': 'Allowed by policy',
  'action.denied': 'Denied by policy',
  'action.reported': 'Result reported',
  'approval.requested': 'Approval requested',
  'approval.voted': 'Voted',
  'approval.edited': 'Payload edited',
  'approval.rejudged': 'Judged anew',
  'approval.granted': 'Approved',
  'approval.rejected': 'Rejected',
  'approval.sla_breach': 'Time to respond passed',
  'approval.held': 'Held past its time',
  'approval.expired': 'Closed undecided',
  'approval.cancelled': 'Request withdrawn',
  'approval.superseded': 'Request replaced',
  'approval.refused': 'Decision refused',
  'token.issued': 'Token issued',
  'token.verified': 'Token verified',
  'token.redeemed': 'Approval used',
  'policy.published': 'Policy published',
  'org.created': 'Organisation created',
  'member.joined': 'Member joined',
  'member.suspended': 'Member suspended',
  'session.opened': 'Signed in',
  'session.ended': 'Signed out',
  'group.created': 'Group created',
  'group.member_added': 'Added to group',
  'group.member_removed': 'Removed from group',
  'agent.created': 'Agent created',
  'key.created': 'API key created',
  'key.revoked': 'API key revoked',
  'audit.revealed': 'Masked fields revealed',
  'audit.searched': 'Record searched',
};

const tones: Record<string, EventTone> = {
  'action.allowed': 'emerald',
  'action.denied': 'red',
  'approval.requested': 'blue',
  'approval.granted': 'emerald',
  'approval.rejected': 'red',
  'approval.sla_breach': 'amber',
  'approval.held': 'amber',
  'approval.expired': 'amber',
  'approval.refused': 'amber',
  'member.suspended': 'amber',
  'key.revoked': 'amber',
};

/** The event in words; a type without words of its own is read as it is spelt. */
export function eventWords(type: string): string {
  if (Object.hasOwn(words, type)) return words[type] ?? type;
  const plain = type.replace(/[._]/g, ' ');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

export function eventTone(type: string): EventTone {
  return (Object.hasOwn(tones, type) ? tones[type] : undefined) ?? 'slate';
}
