import { cx } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import type { Tone } from '@/lib/approvals/schema';
import { toneSurface } from './tone';

type ChipProps = ComponentProps<'span'> & {
  tone?: Tone | 'plain';
  size?: 'small' | 'large';
  dashed?: boolean;
};

/** A short fact in a tone; the tone is always said in words or by an icon too. */
export function Chip({ tone = 'plain', size = 'small', dashed, className, ...rest }: ChipProps) {
  return (
    <span
      className={cx(
        'inline-flex min-w-0 items-center gap-1.5 border font-medium [&_svg]:shrink-0',
        size === 'small'
          ? 'min-h-5 rounded-chip px-1.5 text-meta [&_svg]:size-3.5'
          : 'min-h-7 rounded-control px-2.5 py-0.5 text-body [&_svg]:size-4',
        tone === 'plain' ? 'bg-surface text-ink-2' : toneSurface[tone],
        dashed && 'border-dashed',
        className,
      )}
      {...rest}
    />
  );
}
