import { LoaderCircle } from 'lucide-react';
import { Notice } from '@/components/ui/notice';
import type { PreviewView } from '@/lib/approvals/schema';
import type { RiskLevel } from '@/lib/policy/schema';
import { sourceName } from './fact-words';
import type { Preview } from './use-preview';
import { ReasonWords } from './why-it-waits';

/** The live verdict under the editor: what this edit would need, or why it can't be made. */
export function PreviewVerdict({ preview }: { preview: Preview }) {
  if (preview === null)
    return <p className="text-body text-ink-3">Change a value to see what policy says about it.</p>;
  if (preview === 'checking') {
    return (
      <p role="status" className="flex items-center gap-2 text-body text-ink-3">
        <LoaderCircle aria-hidden className="size-4 animate-spin" /> Asking policy…
      </p>
    );
  }
  if (!preview.ok)
    return (
      <Notice tone="amber" title="This edit couldn’t be checked">
        {preview.message}
      </Notice>
    );
  return <Verdict view={preview.view} />;
}

/** Whether the draft may be sent: policy has judged it and didn't refuse. */
export function previewAllows(preview: Preview): boolean {
  if (preview === null || preview === 'checking' || !preview.ok || !preview.view.ok) return false;
  return preview.view.outcome !== 'deny' && preview.view.outcome !== 'draft';
}

/** The risk policy sees in the draft, once it has judged it. */
export function previewRisk(preview: Preview): RiskLevel | null {
  return preview !== null && preview !== 'checking' && preview.ok && preview.view.ok
    ? preview.view.risk
    : null;
}

function Verdict({ view }: { view: PreviewView }) {
  if (!view.ok) {
    return (
      <Notice tone="red" title="This edit can’t be made">
        <ul>
          {view.errors.map((error) => (
            <li key={`${error.pointer} ${error.detail}`}>
              <code className="font-mono text-code">{error.pointer || 'payload'}</code>: {error.detail}
            </li>
          ))}
        </ul>
      </Notice>
    );
  }
  if (view.outcome === 'deny' || view.outcome === 'draft') {
    return (
      <Notice tone="red" title="Policy would refuse this edit">
        {view.reasons.map((reason) => (
          <p key={`${reason.document}/${reason.rule}`}>
            <ReasonWords reason={reason} />
          </p>
        ))}
      </Notice>
    );
  }
  if (view.slots === 0) return <Notice tone="emerald" title="Your edit needs no further approval" />;
  return (
    <Notice tone="blue" title={`Your edit needs ${view.slots} approval${view.slots === 1 ? '' : 's'}`}>
      {view.requirements
        .map(({ from, count }) => `${sourceName(from)}${count > 1 ? ` (${count})` : ''}`)
        .join(' and ')}
      . {view.needsAnother && 'At this risk someone who has not edited it must be among them. '}
      Earlier approvals were for the old payload and are asked again.
    </Notice>
  );
}
