import { cx } from 'class-variance-authority';
import type { ComponentProps } from 'react';

export function Card({ className, ...rest }: ComponentProps<'div'>) {
  return <div className={cx('rounded-card border bg-surface shadow-card', className)} {...rest} />;
}
