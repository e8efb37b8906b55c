'use client';

import { Braces } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Section } from '@/components/ui/section';
import { Segmented } from '@/components/ui/segmented';
import type { RequestDetail } from '@/lib/approvals/schema';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { HiddenText } from './hidden-text';
import { PayloadFields } from './payload-fields';
import { RevealButton } from './reveal-button';

type View = 'payload' | 'diff' | 'edits';

/** What would be executed, as rows or as JSON, and how it differs from before and from what the agent proposed. */
export function PayloadView({ request }: { request: RequestDetail }) {
  const edited = request.revision > 1;
  const [view, setView] = useState<View>(edited ? 'edits' : 'payload');
  const [asJson, setAsJson] = useState(false);
  const [revealed, setRevealed] = useState<JsonValue | null>(null);
  const options = [
    { value: 'payload' as const, label: 'Payload' },
    ...(request.diff ? [{ value: 'diff' as const, label: 'Current → Proposed' }] : []),
    ...(edited ? [{ value: 'edits' as const, label: 'Proposed → Edited' }] : []),
  ];
  const shown = options.some((option) => option.value === view) ? view : 'payload';
  const after = shown === 'diff' && request.diff ? request.diff.after : (revealed ?? request.payload);
  const before = shown === 'diff' ? request.diff?.before : shown === 'edits' ? request.proposed : undefined;

  return (
    <Section
      title="Payload"
      note={edited ? `revision ${request.revision}` : undefined}
      aside={
        <>
          {options.length > 1 && (
            <Segmented label="Compare" value={shown} options={options} onChange={setView} />
          )}
          {request.masked.length > 0 && request.you.mayReveal && shown !== 'diff' && (
            <RevealButton id={request.id} isRevealed={revealed !== null} onReveal={setRevealed} />
          )}
          <Button look="quiet" className="ml-auto" aria-pressed={asJson} onClick={() => setAsJson(!asJson)}>
            <Braces aria-hidden /> JSON
          </Button>
        </>
      }
    >
      {asJson ? (
        <Card className="overflow-x-auto p-4">
          <pre className="font-mono text-code whitespace-pre-wrap">
            <HiddenText text={JSON.stringify(after, null, 2)} />
          </pre>
        </Card>
      ) : (
        <PayloadFields
          label="Payload"
          after={after}
          before={before}
          masked={shown === 'diff' || revealed !== null ? [] : request.masked}
        />
      )}
    </Section>
  );
}
