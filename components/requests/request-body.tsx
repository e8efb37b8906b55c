import type { ReactNode } from 'react';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { Section } from '@/components/ui/section';
import type { RequestDetail } from '@/lib/approvals/schema';
import { ContextSteps } from './context-steps';
import { EvidenceTiles } from './evidence-tiles';
import { HiddenText } from './hidden-text';
import { PayloadView } from './payload-view';
import { RequirementCards } from './requirement-cards';
import { ResultCard } from './result-card';
import { hidesSomething } from './scan-text';
import { VotesList } from './votes-list';
import { WhyItWaits } from './why-it-waits';

/** The reading order of a request: what policy says, what speaks for it, what exactly would happen, what led to it. */
export function RequestBody({ request, editor }: { request: RequestDetail; editor: ReactNode }) {
  const { context } = request;
  const used = request.execution !== 'none' || request.result !== null;
  const led =
    context && Boolean(context.trigger || context.steps?.length || context.inputs || context.traceUrl);
  return (
    <>
      {isSuspicious(request) && (
        <Notice tone="amber" title="Look closely: the agent’s text has hidden or look-alike characters">
          They are marked where they stand.
        </Notice>
      )}
      <Card>
        <WhyItWaits request={request} />
        <RequirementCards requirements={request.requirements} pending={request.status === 'pending'} />
      </Card>
      {request.feedback && (
        <Section title="Feedback to the agent">
          <p className="foreign text-control whitespace-pre-wrap">{request.feedback}</p>
        </Section>
      )}
      {(used || request.status === 'approved') && (
        <Section title="What came of it">
          <ResultCard request={request} />
        </Section>
      )}
      {request.evidence.length > 0 && (
        <Section title="Evidence">
          <EvidenceTiles evidence={request.evidence} />
        </Section>
      )}
      {(request.rationale || request.confidence !== null) && (
        <Section title="Rationale" note="from the agent">
          <blockquote className="border-l-2 pl-3 text-control whitespace-pre-wrap">
            {request.rationale && <HiddenText text={request.rationale} />}
            {request.confidence !== null && (
              <span className="block text-body text-ink-3">Its own confidence: {request.confidence}</span>
            )}
          </blockquote>
        </Section>
      )}
      {editor ?? <PayloadView key={request.revision} request={request} />}
      {request.alternatives.length > 0 && (
        <Section title="Alternatives" note="from the agent">
          <ul className="list-disc pl-5 text-control">
            {request.alternatives.map((alternative) => (
              <li key={alternative}>
                <HiddenText text={alternative} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {led && (
        <Section title="Context" note="from the agent">
          <ContextSteps context={context} />
        </Section>
      )}
      {request.votes.length > 0 && (
        <Section title="Votes">
          <VotesList votes={request.votes} />
        </Section>
      )}
    </>
  );
}

function isSuspicious({
  title,
  rationale,
  evidence,
  alternatives,
  context,
  payload,
  counterparty,
}: RequestDetail): boolean {
  // JSON.stringify keeps hidden characters as they are, control characters become visible escapes by itself.
  return [title, rationale, counterparty, JSON.stringify([evidence, alternatives, context, payload])].some(
    (text) => text !== null && hidesSomething(text),
  );
}
