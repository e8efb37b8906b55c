'use client';

import { Check, LoaderCircle, Pencil, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import type { RequestDetail, VoteBody } from '@/lib/approvals/schema';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import type { RiskLevel } from '@/lib/policy/schema';
import { ApproveDialog } from './approve-dialog';
import { RejectDialog } from './reject-dialog';
import { requestColumns } from './request-columns';
import { amountOf } from './show-value';

export type Ballot = Pick<VoteBody, 'verdict' | 'reason' | 'payload'>;

type DecisionBarProps = {
  request: RequestDetail;
  /** Of what would be approved: an edit may be riskier than what it changes. */
  risk: RiskLevel;
  /** The edited payload, if it differs from the one shown. */
  edited: JsonValue | null;
  editing: boolean;
  /** Why the edit can't be sent yet, if so. */
  editBlocked: string | null;
  /** Something changed under the reader's eyes: nothing can be decided until it is shown. */
  stale: boolean;
  sending: boolean;
  onEdit: () => void;
  onStopEdit: () => void;
  onVote: (ballot: Ballot) => void;
};

/** Approve, edit or reject. The same words that the server would refuse with stand beside the greyed buttons. */
export function DecisionBar(props: DecisionBarProps) {
  const { request, risk, edited, editing, editBlocked, stale, sending, onEdit, onStopEdit, onVote } = props;
  const [asking, setAsking] = useState<null | 'approve' | 'reject'>(null);
  if (request.status !== 'pending') return null;

  const why = refusal(props);
  const approveWhy = why ?? (editing ? editBlocked : null);
  const weighty = risk === 'high' || risk === 'critical';
  const amount = amountOf(edited ?? request.payload);
  const label = edited !== null ? `Approve ${amount ?? ''} as edited` : `Approve ${amount ?? ''}`;

  function approve() {
    if (approveWhy || sending) return;
    if (weighty) setAsking('approve');
    else send({ verdict: 'approve' });
  }
  function send(ballot: Ballot) {
    setAsking(null);
    // The editor holds an object and keeps the type of every value.
    const payload =
      ballot.verdict === 'approve' && edited !== null ? (edited as VoteBody['payload']) : undefined;
    onVote(payload ? { ...ballot, payload } : ballot);
  }

  return (
    <div className="no-print sticky bottom-0 z-10 -mx-4 mt-auto border-t bg-surface/95 px-4 pt-3 pb-[max(12px,env(safe-area-inset-bottom))] backdrop-blur sm:-mx-8 sm:px-8">
      <div className={requestColumns}>
        <div className="min-w-0 max-w-[860px]">
          {approveWhy && (
            <p id="decision-why" className="mb-2 text-body text-ink-2">
              {approveWhy}
            </p>
          )}
          <div className="flex flex-wrap items-center gap-2">
            {editing ? (
              <Button size="large" onClick={onStopEdit}>
                Discard edit
              </Button>
            ) : (
              request.editable?.length !== 0 && (
                <Button
                  size="large"
                  aria-disabled={why !== null}
                  aria-describedby={why ? 'decision-why' : undefined}
                  onClick={why ? undefined : onEdit}
                >
                  <Pencil aria-hidden /> <span className="max-sm:sr-only">Edit</span>
                </Button>
              )
            )}
            <span className="flex-1 max-sm:hidden" />
            <Button
              look="reject"
              size="large"
              className="max-sm:flex-1"
              aria-disabled={why !== null}
              aria-describedby={why ? 'decision-why' : undefined}
              onClick={why || sending ? undefined : () => setAsking('reject')}
            >
              <X aria-hidden /> Reject
            </Button>
            <Button
              look="approve"
              size="large"
              className="max-sm:flex-[2]"
              aria-disabled={approveWhy !== null}
              aria-describedby={approveWhy ? 'decision-why' : undefined}
              onClick={approve}
            >
              {sending ? <LoaderCircle aria-hidden className="animate-spin" /> : <Check aria-hidden />}
              {label.replaceAll(/ +/g, ' ').trim()}
            </Button>
          </div>
        </div>
      </div>
      <ApproveDialog
        open={asking === 'approve' && !stale}
        request={request}
        risk={risk}
        payload={edited ?? request.payload}
        edited={edited !== null}
        onClose={() => setAsking(null)}
        onConfirm={(reason) => send({ verdict: 'approve', reason })}
      />
      <RejectDialog
        open={asking === 'reject' && !stale}
        request={request}
        onClose={() => setAsking(null)}
        onConfirm={(reason) => send({ verdict: 'reject', reason })}
      />
    </div>
  );
}

function refusal({ request, stale }: DecisionBarProps): string | null {
  if (stale) return 'This changed while you were reading. Load the change, then decide.';
  return request.you.mayVote ? null : (request.you.why ?? 'You can’t decide this request.');
}
