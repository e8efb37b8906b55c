import { Check, X } from 'lucide-react';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import type { RequestDetail } from '@/lib/approvals/schema';
import { HiddenText } from './hidden-text';
import { PayloadFields } from './payload-fields';
import { executionWords } from './status-chip';

/** What came of it: whether the agent used its permission, its checks and what it reported. */
export function ResultCard({ request }: { request: RequestDetail }) {
  const { word, tone } = executionWords[request.execution];
  const { result } = request;
  return (
    <div className="flex flex-col gap-3">
      <Card className="flex flex-col gap-3 p-4">
        <div>
          <Chip tone={tone} size="large">
            {word}
          </Chip>
        </div>
        {result?.checks && result.checks.length > 0 && (
          <ul className="flex flex-col gap-1.5">
            {result.checks.map((check) => (
              <li key={check.name} className="flex items-start gap-2 text-control">
                {check.passed ? (
                  <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-emerald-icon" />
                ) : (
                  <X aria-hidden className="mt-0.5 size-4 shrink-0 text-red-icon" />
                )}
                <span>
                  <HiddenText text={check.name} />{' '}
                  <span className="text-ink-3">{check.passed ? 'passed' : 'failed'}</span>
                  {check.detail && (
                    <span className="block text-body text-ink-2">
                      <HiddenText text={check.detail} />
                    </span>
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {result?.output !== undefined && (
        <PayloadFields label="Output reported by the agent" after={result.output} />
      )}
    </div>
  );
}
