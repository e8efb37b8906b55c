import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';

/** The look of a button, for links that act like one. */
export const buttonLook = cva(
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-control font-medium whitespace-nowrap transition-colors select-none disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        primary: 'bg-accent text-on-accent hover:bg-accent/90',
        approve: 'bg-approve text-on-approve hover:bg-approve/90',
        reject: 'border border-red-edge bg-surface text-reject hover:bg-red-bg',
        'reject-solid': 'bg-reject text-on-reject hover:bg-reject/90',
        plain: 'border bg-surface text-ink shadow-card hover:bg-hover',
        quiet: 'text-ink-2 hover:bg-hover hover:text-ink',
      },
      size: {
        small: 'h-8 px-3 text-body',
        large: 'h-10 px-4 text-control',
        icon: 'size-8 text-body',
      },
    },
    defaultVariants: { look: 'plain', size: 'small' },
  },
);

type ButtonProps = ComponentProps<'button'> & VariantProps<typeof buttonLook>;

export function Button({ look, size, className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={buttonLook({ look, size, className })} {...rest} />;
}
