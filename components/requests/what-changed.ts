// A reader is told in words what changed under their eyes, and nothing when nothing did.

import type { RequestDetail } from '@/lib/approvals/schema';

const endings: Partial<Record<RequestDetail['status'], string>> = {
  approved: 'it was approved',
  rejected: 'it was rejected',
  expired: 'it expired',
  cancelled: 'the agent withdrew it',
  superseded: 'a newer request took its place',
};

/** “Dana Sato approved; the payload was edited”, or null. */
export function whatChanged(before: RequestDetail, after: RequestDetail): string | null {
  const changes: string[] = [];
  const known = new Set(before.votes.map(voteKey));
  for (const vote of after.votes) {
    if (known.has(voteKey(vote))) continue;
    changes.push(`${vote.member.name} ${vote.verdict === 'approve' ? 'approved' : 'rejected'}`);
  }
  if (after.payloadHash !== before.payloadHash) {
    const edit = after.edits.find(({ revision }) => revision === after.revision);
    changes.push(edit ? `${edit.by.name} edited the payload` : 'the payload was edited');
  }
  if (after.status !== before.status) changes.push(endings[after.status] ?? `it is now ${after.status}`);
  else if (after.breachedAt !== before.breachedAt) changes.push('the time to respond is over');
  if (after.execution !== before.execution) changes.push(executions[after.execution]);
  const same = after.slots === before.slots && after.you.mayVote === before.you.mayVote;
  if (changes.length === 0 && !same) changes.push('who must agree has changed');
  return changes.length === 0 ? null : changes.join('; ');
}

/** Whether the change may be shown at once: what the reader judges, or types, must not be swapped away. */
export function mayShowAtOnce(before: RequestDetail, after: RequestDetail, editing: boolean): boolean {
  if (after.payloadHash !== before.payloadHash && after.status === 'pending') return false;
  return !editing || (after.status === before.status && after.payloadHash === before.payloadHash);
}

const executions = {
  none: 'it has not been used',
  redeemed: 'the agent used its permission',
  succeeded: 'the agent carried it out',
  failed: 'the agent reported a failure',
} as const;

function voteKey({ member, revision, verdict }: RequestDetail['votes'][number]): string {
  return `${member.id} ${revision} ${verdict}`;
}
