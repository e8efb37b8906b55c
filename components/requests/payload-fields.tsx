import { cx } from 'class-variance-authority';
import { diffWordsWithSpace } from 'diff';
import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { Card } from '@/components/ui/card';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { type FieldRow, fieldRows } from './field-rows';
import { HiddenText } from './hidden-text';
import { showValue } from './show-value';

type PayloadFieldsProps = {
  label: string;
  after: JsonValue;
  /** Compared with `after` where given; unchanged fields are shown all the same. */
  before?: JsonValue;
  /** JSON pointers of masked values. */
  masked?: string[];
  /** What stands in place of a value, such as an input. */
  edit?: (row: FieldRow) => ReactNode;
};

/** Any JSON as rows of name and value. Nothing is collapsed, shortened or left out. */
export function PayloadFields({ label, after, before, masked = [], edit }: PayloadFieldsProps) {
  const rows = fieldRows(after, before);
  return (
    <Card>
      <dl aria-label={label} className="divide-y">
        {rows.map((row) => (
          <div
            key={`${row.pointer} ${row.state}`}
            className={cx(
              'grid min-h-9 grid-cols-1 items-baseline gap-x-4 px-4 py-2 sm:grid-cols-[minmax(96px,24%)_minmax(0,1fr)]',
              row.kind === 'group' && 'bg-canvas/60',
              phoneIndents[Math.min(row.depth, phoneIndents.length - 1)],
            )}
          >
            <dt
              className={cx(
                'font-mono text-code text-ink-2',
                indents[Math.min(row.depth, indents.length - 1)],
              )}
            >
              <HiddenText text={row.label} />
            </dt>
            <dd className="flex min-w-0 flex-wrap items-baseline gap-x-3 text-control">
              {row.kind === 'group' ? <GroupNote row={row} /> : (edit?.(row) ?? <Values row={row} />)}
              {masked.includes(row.pointer) && (
                <span className="inline-flex items-center gap-1 text-meta text-ink-3">
                  <Lock aria-hidden className="size-3" /> masked
                </span>
              )}
            </dd>
          </div>
        ))}
        {rows.length === 0 && <p className="px-4 py-3 text-ink-3">Nothing: the payload is empty.</p>}
      </dl>
    </Card>
  );
}

const indents = ['', 'sm:pl-4', 'sm:pl-8', 'sm:pl-12', 'sm:pl-16'];
const phoneIndents = ['', 'max-sm:pl-8', 'max-sm:pl-12', 'max-sm:pl-16'];

function GroupNote({ row }: { row: FieldRow }) {
  const value = row.after ?? row.before;
  const size = typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
  const what = Array.isArray(value) ? 'item' : 'field';
  return (
    <span className="text-meta text-ink-3">
      {size} {what}
      {size === 1 ? '' : 's'}
      {row.state === 'added' && ', added'}
      {row.state === 'removed' && ', removed'}
    </span>
  );
}

function Values({ row }: { row: FieldRow }) {
  if (row.state === 'only' || row.state === 'same') return <Value row={row} value={row.after ?? null} />;
  if (
    typeof row.before === 'string' &&
    typeof row.after === 'string' &&
    row.before.length + row.after.length > 160
  ) {
    return <WordDiff before={row.before} after={row.after} />;
  }
  return (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-1">
      {row.before !== undefined && (
        <del className="rounded-chip bg-removed px-1.5 text-removed-ink">
          <span className="sr-only">was </span>
          <Value row={row} value={row.before} />
        </del>
      )}
      {row.state === 'changed' && (
        <span aria-hidden className="text-ink-3">
          →
        </span>
      )}
      {row.after !== undefined && (
        <ins className="rounded-chip bg-added px-1.5 font-medium text-added-ink no-underline">
          <span className="sr-only">now </span>
          <Value row={row} value={row.after} />
        </ins>
      )}
      {row.state !== 'changed' && <span className="text-meta text-ink-3">{row.state}</span>}
    </span>
  );
}

function Value({ row, value }: { row: FieldRow; value: JsonValue }) {
  const { text, raw } = showValue(value, row.currency);
  return (
    <span
      title={raw}
      className={cx('min-w-0 whitespace-pre-wrap', typeof value === 'object' && 'font-mono text-code')}
    >
      <HiddenText text={text} />
    </span>
  );
}

function WordDiff({ before, after }: { before: string; after: string }) {
  return (
    <p className="min-w-0 whitespace-pre-wrap">
      {diffWordsWithSpace(before, after).map((part, index) => {
        const words = <HiddenText text={part.value} />;
        const key = `${index}`;
        if (part.added)
          return (
            <ins key={key} className="rounded-chip bg-added text-added-ink no-underline">
              {words}
            </ins>
          );
        if (part.removed)
          return (
            <del key={key} className="rounded-chip bg-removed text-removed-ink">
              {words}
            </del>
          );
        return <span key={key}>{words}</span>;
      })}
    </p>
  );
}
