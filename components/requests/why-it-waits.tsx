import { ShieldQuestionMark } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { RequestDetail, RequestStatus } from '@/lib/approvals/schema';
import type { Reason } from '@/lib/policy/schema';
import { factName, factWords } from './fact-words';
import { HiddenText } from './hidden-text';

const verbs: Partial<Record<RequestStatus, string>> = {
  pending: 'Why this waits:',
  allowed: 'Why this was allowed:',
  denied: 'Why this was denied:',
};

/** The rules that decided, each with the comparisons that made it match. This is policy speaking, not the agent. */
export function WhyItWaits({ request }: { request: RequestDetail }) {
  const { reasons, policy } = request;
  return (
    <div className="flex gap-3 p-4">
      <ShieldQuestionMark aria-hidden className="mt-0.5 size-5 shrink-0 text-accent-ink" />
      <div className="min-w-0 text-control text-ink-2">
        {reasons.map((reason, index) => (
          <p key={`${reason.document}/${reason.rule}`}>
            <strong className="font-semibold">
              {index === 0 ? (verbs[request.status] ?? 'Why this waited:') : 'And:'}
            </strong>{' '}
            <ReasonWords reason={reason} /> <RuleName reason={reason} policy={policy} />
          </p>
        ))}
        {reasons.length === 0 && <p>No rule was recorded.</p>}
        {request.wouldAllowIf.length > 0 && (
          <p className="mt-1 text-body text-ink-3">
            Would have been allowed if{' '}
            {request.wouldAllowIf.map((condition, index) => (
              <span key={condition}>
                {index > 0 && ' or '}
                <Value>{condition}</Value>
              </span>
            ))}
          </p>
        )}
      </div>
    </div>
  );
}

/** One reason as a sentence: its comparisons, what was missing, or the rule's own words. */
export function ReasonWords({ reason }: { reason: Reason }) {
  const clauses: ReactNode[] = reason.facts.map((fact) => (
    <FactClause key={`${fact.path} ${fact.operator}`} fact={fact} />
  ));
  if (reason.missing.length > 0) {
    clauses.push(<span key="missing">{listed(reason.missing.map(factName))} could not be checked</span>);
  }
  if (clauses.length === 0) return <span className="foreign">{reason.text}</span>;
  return clauses.map((clause, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: clauses are never reordered
    <span key={index}>
      {index > 0 && (index === clauses.length - 1 ? ' and ' : ', ')}
      {clause}
    </span>
  ));
}

function FactClause({ fact }: { fact: Reason['facts'][number] }) {
  const { name, value, relation, threshold } = factWords(fact);
  return (
    <>
      {name} {value !== null && <Value>{value}</Value>} {relation}{' '}
      {threshold !== null && <Value>{threshold}</Value>}
    </>
  );
}

function RuleName({ reason, policy }: { reason: Reason; policy: RequestDetail['policy'] }) {
  const version = reason.document === policy.name ? ` v${policy.version}` : '';
  return (
    <span className="text-ink-3">
      — {reason.guardrail ? 'guardrail' : 'rule'}{' '}
      <span className="text-ink-2 sm:whitespace-nowrap">{reason.rule}</span>, policy{' '}
      <Link
        href={`/policies/${encodeURIComponent(reason.document)}`}
        className="text-accent-ink underline decoration-current/40 underline-offset-2 hover:decoration-current"
      >
        {reason.document}
        {version}
      </Link>
    </span>
  );
}

function Value({ children }: { children: string }) {
  return (
    <code className="rounded-chip bg-hover px-1 py-px font-mono text-code">
      <HiddenText text={children} />
    </code>
  );
}

function listed(names: string[]): string {
  return new Intl.ListFormat('en').format(names);
}
