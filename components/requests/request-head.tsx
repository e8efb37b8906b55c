'use client';

import { Check, Link2, Undo2 } from 'lucide-react';
import { type RefObject, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Chip } from '@/components/ui/chip';
import type { RequestDetail } from '@/lib/approvals/schema';
import { CountdownChip } from './countdown';
import { HiddenText } from './hidden-text';
import { Pips } from './pips';
import { RiskBadge } from './risk-badge';
import { StatusChip } from './status-chip';

type RequestHeadProps = { request: RequestDetail; heading: RefObject<HTMLHeadingElement | null> };

export function RequestHead({ request, heading }: RequestHeadProps) {
  const { agent } = request;
  const marks = [
    request.id,
    request.runId && `run ${request.runId}`,
    [agent.name, agent.version].filter(Boolean).join(' '),
  ];
  return (
    <header className="flex flex-col gap-3">
      <div className="flex min-h-8 items-center gap-2">
        <p className="foreign min-w-0 flex-1 font-mono text-code text-ink-3">
          <HiddenText text={marks.filter(Boolean).join('  ·  ')} />
        </p>
        <CopyLink />
      </div>
      <h1 id="request-title" ref={heading} tabIndex={-1} className="foreign text-title sm:text-[22px]">
        <HiddenText text={request.title} />
      </h1>
      <div className="flex flex-wrap items-center gap-2">
        {request.status !== 'pending' && (
          <StatusChip status={request.status} edited={request.revision > 1} size="large" />
        )}
        <RiskBadge risk={request.risk} />
        {request.status === 'pending' && request.dueAt && (
          <CountdownChip
            openedAt={request.openedAt}
            dueAt={request.dueAt}
            expiresAt={request.expiresAt}
            onBreach={request.onBreach}
          />
        )}
        {request.reversibility === 'low' && (
          <Chip size="large" className="font-normal">
            <Undo2 aria-hidden /> Can’t be undone
          </Chip>
        )}
        {request.slots > 0 && (
          <Chip size="large" className="font-normal">
            <Pips met={request.met} slots={request.slots} />
            <span aria-hidden>
              {request.met} of {request.slots} approval{request.slots === 1 ? '' : 's'}
            </span>
          </Chip>
        )}
      </div>
    </header>
  );
}

function CopyLink() {
  const [copied, setCopied] = useState(false);
  async function copy() {
    await navigator.clipboard?.writeText(window.location.href);
    setCopied(true);
    window.setTimeout(() => setCopied(false), 2000);
  }
  return (
    <Button
      look="quiet"
      size="icon"
      className="no-print"
      aria-label={copied ? 'Link copied' : 'Copy link'}
      onClick={copy}
    >
      {copied ? <Check aria-hidden /> : <Link2 aria-hidden />}
    </Button>
  );
}
