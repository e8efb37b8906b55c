'use client';

import { X } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Textarea } from '@/components/ui/field';
import { Kbd } from '@/components/ui/kbd';
import type { RequestDetail } from '@/lib/approvals/schema';
import { HiddenText } from './hidden-text';
import { submitOnCommandEnter } from './submit-key';

type RejectDialogProps = {
  open: boolean;
  request: RequestDetail;
  onClose: () => void;
  onConfirm: (reason: string) => void;
};

/** A rejection carries a reason; the agent reads it and can act on it. */
export function RejectDialog({ open, request, onClose, onConfirm }: RejectDialogProps) {
  const id = useId();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const missing = reason.trim() === '';

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!missing) onConfirm(reason.trim());
  }

  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Reject this?"
      description={<HiddenText text={request.title} />}
    >
      <form onSubmit={submit} onKeyDown={submitOnCommandEnter} className="flex flex-col gap-4">
        <Field
          id={id}
          label="Reason"
          hint="The agent reads this. Say what would have to be different."
          error={tried && missing ? 'Give a reason: the agent and the record need it.' : undefined}
        >
          <Textarea
            id={id}
            data-autofocus
            value={reason}
            maxLength={2000}
            aria-required
            aria-invalid={tried && missing}
            aria-describedby={`${id}-note`}
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
        <div className="flex justify-end gap-2">
          <Button size="large" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="reject-solid" size="large">
            <X aria-hidden /> Reject <Kbd>⌘↵</Kbd>
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
