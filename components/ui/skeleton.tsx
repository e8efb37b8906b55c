import { cx } from 'class-variance-authority';

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx('block animate-breathe rounded-chip bg-hairline', className)} />;
}
