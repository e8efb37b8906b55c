'use client';

import { cx } from 'class-variance-authority';
import { useId, useState } from 'react';
import { Input, Textarea } from '@/components/ui/field';
import { exactNumber } from '@/lib/kernel/json/exact-number';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { sameJson } from './field-rows';
import { HiddenText } from './hidden-text';
import { showValue } from './show-value';

type Scalar = string | number | boolean;

type ValueInputProps = {
  name: string;
  value: Scalar;
  before?: JsonValue;
  onChange: (value: Scalar) => void;
  onBroken: (broken: boolean) => void;
};

/** An input of the value's own type; an edit keeps the type. */
export function ValueInput({ name, value, before, onChange, onBroken }: ValueInputProps) {
  const changed = before !== undefined && !sameJson(before, value);
  return (
    <span className="flex min-w-0 flex-1 flex-col gap-1">
      {typeof value === 'boolean' ? (
        <label className="inline-flex min-h-8 items-center gap-2">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            aria-label={name}
            checked={value}
            onChange={(event) => onChange(event.target.checked)}
          />
          {String(value)}
        </label>
      ) : typeof value === 'number' ? (
        <NumberInput name={name} value={value} onChange={onChange} onBroken={onBroken} changed={changed} />
      ) : value.length > 60 || value.includes('\n') ? (
        <Textarea
          aria-label={name}
          value={value}
          rows={Math.min(12, Math.ceil(value.length / 70) + value.split('\n').length)}
          className={cx(changed && 'border-accent')}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <Input
          compact
          aria-label={name}
          value={value}
          className={cx(changed && 'border-accent')}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {changed && before !== undefined && (
        <span className="text-meta text-ink-3">
          was{' '}
          <del className="rounded-chip bg-removed px-1 whitespace-pre-wrap text-removed-ink">
            <HiddenText text={showValue(before).text} />
          </del>
        </span>
      )}
    </span>
  );
}

type NumberInputProps = Omit<ValueInputProps, 'value' | 'before'> & { value: number; changed: boolean };

function NumberInput({ name, value, onChange, onBroken, changed }: NumberInputProps) {
  const [text, setText] = useState(() => JSON.stringify(value));
  const [problem, setProblem] = useState<string | null>(null);
  const note = useId();

  function change(fresh: string) {
    setText(fresh);
    const read = readNumber(fresh.trim());
    const broken = typeof read === 'string';
    setProblem(broken ? read : null);
    onBroken(broken);
    if (!broken) onChange(read);
  }

  return (
    <>
      <Input
        compact
        aria-label={name}
        aria-invalid={problem !== null}
        aria-describedby={problem ? note : undefined}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        className={cx('max-w-60 font-mono', changed && 'border-accent')}
        onChange={(event) => change(event.target.value)}
      />
      {problem && (
        <span id={note} className="text-meta text-reject">
          {problem}
        </span>
      )}
    </>
  );
}

/** The number as JSON writes it, or why it is none. */
function readNumber(text: string): number | string {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return 'Expected a number, such as 5940 or 0.5.';
  return exactNumber(text);
}
