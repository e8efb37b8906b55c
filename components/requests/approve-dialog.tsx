'use client';

import { Check } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Textarea } from '@/components/ui/field';
import { Kbd } from '@/components/ui/kbd';
import type { RequestDetail } from '@/lib/approvals/schema';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import type { RiskLevel } from '@/lib/policy/schema';
import { HiddenText } from './hidden-text';
import { PayloadFields } from './payload-fields';
import { RiskBadge } from './risk-badge';
import { submitOnCommandEnter } from './submit-key';

type ApproveDialogProps = {
  open: boolean;
  request: RequestDetail;
  risk: RiskLevel;
  /** What would be approved, with the edit if there is one. */
  payload: JsonValue;
  edited: boolean;
  onClose: () => void;
  onConfirm: (reason: string | undefined) => void;
};

const shortestReason = 10;

/** The second look at high and critical risk. Cancel has the focus; critical wants a reason for the record. */
export function ApproveDialog({
  open,
  request,
  risk,
  payload,
  edited,
  onClose,
  onConfirm,
}: ApproveDialogProps) {
  const id = useId();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const critical = risk === 'critical';
  const tooShort = critical && reason.trim().length < shortestReason;

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!tooShort) onConfirm(reason.trim() || undefined);
  }

  return (
    <Dialog
      open={open}
      onClose={onClose}
      lead={<RiskBadge risk={risk} />}
      title="Approve this?"
      description={`${isLast(request) && !edited ? 'Yours is the last approval needed. ' : ''}This is what the agent may then carry out, once.`}
    >
      <form onSubmit={submit} onKeyDown={submitOnCommandEnter} className="flex flex-col gap-4">
        <div className="flex flex-col gap-2">
          <p className="text-control font-semibold">
            {edited && <span className="font-normal text-ink-2">The agent asked: </span>}
            <HiddenText text={request.title} />
          </p>
          <section
            className="max-h-64 overflow-y-auto rounded-card"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            aria-label="Payload to approve"
          >
            <PayloadFields
              label="Payload to approve"
              after={payload}
              before={edited ? request.payload : undefined}
              masked={request.masked}
            />
          </section>
          <p className="text-meta text-ink-3">
            {request.reversibility === 'low' && 'It can’t be undone. '}
            {!edited && (
              <>
                Fingerprint <code className="font-mono">{fingerprint(request.payloadHash)}</code>
              </>
            )}
          </p>
        </div>
        <Field
          id={id}
          label={critical ? 'Why you approve, kept in the record' : 'Why you approve (optional)'}
          hint={critical ? `At least ${shortestReason} characters.` : undefined}
          error={tried && tooShort ? `Say why, in at least ${shortestReason} characters.` : undefined}
        >
          <Textarea
            id={id}
            value={reason}
            maxLength={2000}
            aria-required={critical}
            aria-invalid={tried && tooShort}
            aria-describedby={`${id}-note`}
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
        <div className="flex justify-end gap-2">
          <Button size="large" data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="approve" size="large">
            <Check aria-hidden /> Approve <Kbd>⌘↵</Kbd>
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The first 16 hex digits in groups of four, short enough to compare by eye. */
export function fingerprint(hash: string): string {
  return (hash.replace('sha256:', '').slice(0, 16).match(/.{4}/g) ?? []).join(' ');
}

/** Whether the one slot that is open is one that the reader may fill. */
function isLast({ met, slots, requirements }: RequestDetail): boolean {
  return met + 1 === slots && requirements.some((each) => each.youCan && each.met < each.count);
}
