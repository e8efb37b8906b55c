import Link from 'next/link';
import type { ReactNode } from 'react';
import { LocalTime } from '@/components/ui/local-time';
import { Section } from '@/components/ui/section';
import type { RequestDetail } from '@/lib/approvals/schema';
import { fingerprint } from './approve-dialog';
import { HiddenText } from './hidden-text';
import { Timeline } from './timeline';

/** Who asked, under which policy, and what happened since. */
export function RequestRail({ request }: { request: RequestDetail }) {
  const { agent, policy } = request;
  return (
    <aside
      aria-label="About this request"
      className="flex min-w-0 flex-col gap-6 max-xl:max-w-[860px] xl:pt-11"
    >
      <Section title="Details">
        <dl className="grid grid-cols-[96px_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-body">
          <Detail name="Action">
            <code className="font-mono text-code">{request.action}</code>
          </Detail>
          <Detail name="Agent">
            <HiddenText text={[agent.name, agent.version].filter(Boolean).join(' ')} />
          </Detail>
          {agent.model && (
            <Detail name="Model">
              <HiddenText text={agent.model} />
            </Detail>
          )}
          <Detail name="Owner">{agent.owner}</Detail>
          <Detail name="Environment">
            <HiddenText text={request.environment} />
          </Detail>
          {request.counterparty && (
            <Detail name="Counterparty">
              <HiddenText text={request.counterparty} />
            </Detail>
          )}
          {request.initiator && (
            <Detail name="Initiator">
              <HiddenText text={request.initiator} />
            </Detail>
          )}
          {request.impact && <Detail name="Impact">{request.impact}</Detail>}
          {request.reversibility && <Detail name="Reversibility">{request.reversibility}</Detail>}
          {request.regulatory && <Detail name="Regulation">{request.regulatory}</Detail>}
          <Detail name="Policy">
            <Link
              href={`/policies/${encodeURIComponent(policy.name)}`}
              className="text-accent-ink underline decoration-current/40 underline-offset-2 hover:decoration-current"
            >
              {policy.name} v{policy.version}
            </Link>
          </Detail>
          <Detail name="Fingerprint">
            <code className="font-mono text-code" title={request.payloadHash}>
              {fingerprint(request.payloadHash)}
            </code>
          </Detail>
          <Detail name="Asked">
            <LocalTime at={request.openedAt} />
          </Detail>
          {request.status === 'pending' && request.expiresAt && (
            <Detail name="Closes">
              <LocalTime at={request.expiresAt} />
            </Detail>
          )}
          {request.decidedAt && (
            <Detail name="Decided">
              <LocalTime at={request.decidedAt} />
            </Detail>
          )}
        </dl>
      </Section>
      <Section title="Timeline">
        <Timeline entries={request.timeline} />
      </Section>
    </aside>
  );
}

function Detail({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="foreign min-w-0">{children}</dd>
    </>
  );
}
