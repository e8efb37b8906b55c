import { ChevronRight } from 'lucide-react';
import { Card } from '@/components/ui/card';
import type { AskContext } from '@/lib/approvals/schema';
import { ForeignLink } from './foreign-link';
import { HiddenText } from './hidden-text';
import { PayloadFields } from './payload-fields';

/** What led to the ask, as the agent tells it: trigger, steps with their outputs, inputs, trace. */
export function ContextSteps({ context }: { context: AskContext }) {
  return (
    <div className="flex flex-col gap-3">
      {context.trigger && (
        <p className="text-control whitespace-pre-wrap text-ink-2">
          <span className="text-ink-3">Triggered by </span>
          <HiddenText text={context.trigger} />
        </p>
      )}
      {context.steps && context.steps.length > 0 && (
        <Card>
          <ol className="divide-y">
            {context.steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps are told in order and never change
              <li key={index}>
                <details className="group">
                  <summary className="flex min-h-9 items-center gap-2 px-4 py-2 text-control">
                    <ChevronRight
                      aria-hidden
                      className="size-4 shrink-0 text-ink-3 transition-transform group-open:rotate-90"
                    />
                    <span className="text-ink-3">{index + 1}</span>
                    <HiddenText text={step.name} />
                  </summary>
                  <pre className="px-4 pb-3 pl-10 font-mono text-code whitespace-pre-wrap text-ink-2">
                    <HiddenText text={step.output ?? 'No output was given.'} />
                  </pre>
                </details>
              </li>
            ))}
          </ol>
        </Card>
      )}
      {context.inputs && <PayloadFields label="Inputs of the agent" after={context.inputs} />}
      {context.traceUrl && (
        <p className="text-control text-ink-2">
          Trace: <ForeignLink href={context.traceUrl} />
        </p>
      )}
    </div>
  );
}
