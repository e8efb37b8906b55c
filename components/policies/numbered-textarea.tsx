'use client';

import { cx } from 'class-variance-authority';
import { type RefObject, useRef } from 'react';

type NumberedTextareaProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Line numbers to point out. */
  wrong: readonly number[];
  box: RefObject<HTMLTextAreaElement | null>;
};

/** A plain text area in a fixed-width face, with its line numbers scrolling along. */
export function NumberedTextarea({ label, value, onChange, wrong, box }: NumberedTextareaProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const count = value.split('\n').length;
  return (
    <div className="flex h-[min(64dvh,640px)] overflow-hidden rounded-card border border-field bg-surface font-mono text-code focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus">
      <div
        ref={gutter}
        aria-hidden
        className="min-w-12 overflow-hidden border-r py-3 text-right text-ink-3 select-none"
      >
        {Array.from({ length: count }, (_, index) => `${index + 1}`).map((number) => (
          <div
            key={number}
            className={cx('px-2', wrong.includes(Number(number)) && 'bg-red-bg font-semibold text-red-ink')}
          >
            {number}
          </div>
        ))}
        <div className="h-10" />
      </div>
      <textarea
        ref={box}
        aria-label={label}
        aria-invalid={wrong.length > 0}
        value={value}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        className="flex-1 resize-none bg-transparent px-3 py-3 outline-none"
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}
