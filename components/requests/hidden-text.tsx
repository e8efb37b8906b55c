import { Fragment } from 'react';
import { scanText } from './scan-text';

/** Text from outside, shown as text only: hidden characters become marks, its direction can't leak out. */
export function HiddenText({ text }: { text: string }) {
  return (
    <bdi className="foreign">
      {scanText(text).map((part, index) => {
        // Parts have no identity but their place.
        const key = `${index}:${part.kind}`;
        if (part.kind === 'plain') return <Fragment key={key}>{part.text}</Fragment>;
        const meaning =
          part.kind === 'hidden' ? part.meaning : 'letters of different alphabets that look alike';
        return (
          <mark
            key={key}
            title={meaning}
            className="mx-px rounded-chip border border-amber-edge bg-amber-bg px-1 font-mono text-[0.85em] text-amber-ink"
          >
            {part.kind === 'hidden' ? part.label : part.text}
            <span className="sr-only"> ({meaning})</span>
          </mark>
        );
      })}
    </bdi>
  );
}
