import { cx } from 'class-variance-authority';
import { diffLines } from 'diff';
import { Fragment } from 'react';

type Line = { sign: '+' | '−' | ' '; text: string; before: number | null; after: number | null };

/** Two texts as one list of lines, added and removed ones marked; far-away unchanged lines are counted, not shown. */
export function LineDiff({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = linesOf(before, after);
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - 3), index + 4).some(({ sign }) => sign !== ' '),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className="overflow-x-auto rounded-card border bg-surface py-2">
      <table className="w-full border-collapse font-mono text-code">
        <tbody>
          {lines.map((line, index) => {
            const key = `${index}`;
            if (near[index]) return <DiffLine key={key} line={line} />;
            if (near[index - 1] === false) return <Fragment key={key} />;
            const length =
              near.indexOf(true, index) === -1 ? lines.length - index : near.indexOf(true, index) - index;
            return (
              <tr key={key} className="bg-hover text-ink-3">
                <td colSpan={3} />
                <td className="px-2 py-0.5 font-sans text-meta">
                  {length} unchanged line{length === 1 ? '' : 's'}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function DiffLine({ line }: { line: Line }) {
  const look =
    line.sign === '+' ? 'bg-added text-added-ink' : line.sign === '−' ? 'bg-removed text-removed-ink' : '';
  return (
    <tr className={look}>
      <td className="w-10 min-w-10 pr-2 text-right select-none">{line.before}</td>
      <td className="w-10 min-w-10 pr-2 text-right select-none">{line.after}</td>
      <td className="w-6 min-w-6 text-center select-none">
        <span aria-hidden>{line.sign}</span>
        <span className="sr-only">{line.sign === '+' ? 'added' : line.sign === '−' ? 'removed' : ''}</span>
      </td>
      <td className={cx('pr-4', line.sign === ' ' ? 'whitespace-pre' : 'whitespace-pre-wrap')}>
        {line.text}
      </td>
    </tr>
  );
}

function linesOf(before: string, after: string): Line[] {
  let old = 0;
  let fresh = 0;
  return diffLines(before, after).flatMap((part) =>
    part.value
      .replace(/\n$/, '')
      .split('\n')
      .map((text): Line => {
        if (part.added) return { sign: '+', text, before: null, after: ++fresh };
        if (part.removed) return { sign: '−', text, before: ++old, after: null };
        return { sign: ' ', text, before: ++old, after: ++fresh };
      }),
  );
}
