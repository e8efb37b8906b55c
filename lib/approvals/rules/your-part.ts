// The screen says what the guard would say: whether you may vote and why not, and whether you may see what is masked.
import type { RequestDetail, RequestStatus } from '../schema';
import { mayVote, type VotedOn, type Voter } from './eligibility';

/**
 * `reader` is null for someone whose role does not decide; `own` is their vote on the current revision;
 * `isOnlyEditors` tells that whoever approved at high or critical risk had edited it.
 */
export function yourPart(
  reader: Voter | null,
  asked: VotedOn,
  own: 'approve' | 'reject' | null,
  status: RequestStatus,
  mayAudit: boolean,
  isOnlyEditors: boolean,
): RequestDetail['you'] {
  const eligibility = reader ? mayVote(reader, asked) : null;
  const mayReveal = mayAudit || eligibility?.ok === true;
  const not = (why: string) => ({ mayVote: false, why, voted: own, mayReveal });
  if (own === 'approve' && status === 'pending' && isOnlyEditors) {
    return not('You approved your own edit; at this risk someone who has not edited it must approve too.');
  }
  if (own) return not(`You ${own === 'approve' ? 'approved' : 'rejected'} this.`);
  if (status !== 'pending') return not(`This is ${status}.`);
  if (!eligibility) return not('Your role reads; it does not decide.');
  return eligibility.ok ? { mayVote: true, why: null, voted: null, mayReveal } : not(eligibility.reason);
}
