'use client';

import { useState } from 'react';
import type { RequestDetail, Tone } from '@/lib/approvals/schema';
import type { Ballot } from './decision-bar';
import { deskPost } from './desk-call';

export type VoteNotice = { tone: Tone; title: string; text: string | null };

type Voting = {
  sending: boolean;
  notice: VoteNotice | null;
  clear: () => void;
  vote: (shown: RequestDetail, ballot: Ballot) => Promise<void>;
};

/**
 * Sends a vote for exactly what was on screen. `onFresh` gets the new view after a success;
 * `onStale` is called when the server knows more than the screen.
 */
export function useVote(onFresh: (view: RequestDetail) => void, onStale: () => void): Voting {
  const [sending, setSending] = useState(false);
  const [notice, setNotice] = useState<VoteNotice | null>(null);

  async function vote(shown: RequestDetail, ballot: Ballot) {
    setSending(true);
    setNotice(null);
    const { revision, payloadHash } = shown;
    const answer = await deskPost<RequestDetail>(`/api/requests/${shown.id}/votes`, {
      ...ballot,
      revision,
      payloadHash,
    });
    setSending(false);
    if (answer.ok) {
      onFresh(answer.view);
      setNotice(success(answer.view, ballot));
      return;
    }
    setNotice(failure(answer));
    if (answer.status === 409 || answer.status === 403) onStale();
  }
  return { sending, notice, clear: () => setNotice(null), vote };
}

function success(view: RequestDetail, ballot: Ballot): VoteNotice {
  if (ballot.verdict === 'reject' && view.status === 'rejected') {
    return { tone: 'slate', title: 'Rejected', text: 'The agent can read your reason.' };
  }
  if (view.status === 'approved')
    return { tone: 'emerald', title: 'Approved', text: 'The agent may carry it out now, once.' };
  const given = `${view.met} of ${view.slots} approvals`;
  return {
    tone: 'emerald',
    title: `Your ${ballot.verdict === 'approve' ? 'approval' : 'rejection'} is recorded`,
    text: given,
  };
}

function failure({ status, message }: { status: number; message: string }): VoteNotice {
  if (status === 409) return { tone: 'amber', title: 'This changed while you were reading', text: message };
  if (status === 403) return { tone: 'red', title: 'You can’t decide this', text: message };
  if (status === 422) return { tone: 'red', title: 'This can’t be done', text: message };
  if (status === 401)
    return {
      tone: 'amber',
      title: 'You are signed out',
      text: 'Sign in again in another tab, then repeat. Nothing was decided.',
    };
  return { tone: 'red', title: 'Not sent', text: message };
}
