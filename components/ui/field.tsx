import { cx } from 'class-variance-authority';
import type { ComponentProps, ReactNode } from 'react';

const box =
  'w-full rounded-control border border-field bg-surface text-ink placeholder:text-ink-3 read-only:bg-hover aria-invalid:border-reject disabled:opacity-60';

type InputProps = ComponentProps<'input'> & { compact?: boolean };

export function Input({ className, compact, ...rest }: InputProps) {
  const size = compact ? 'h-8 px-2.5' : 'h-10 px-3';
  return <input className={cx(box, size, 'text-control', className)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea className={cx(box, 'min-h-20 px-3 py-2 text-control', className)} {...rest} />;
}

type FieldProps = { id: string; label: ReactNode; hint?: ReactNode; error?: ReactNode; children: ReactNode };

/** A label, its control and what is to be known about it. The control takes `aria-describedby={id + '-note'}`. */
export function Field({ id, label, hint, error, children }: FieldProps) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-body font-medium text-ink-2">
        {label}
      </label>
      {children}
      {(error || hint) && (
        <p id={`${id}-note`} className={cx('text-meta', error ? 'text-reject' : 'text-ink-3')}>
          {error || hint}
        </p>
      )}
    </div>
  );
}
