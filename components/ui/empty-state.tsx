import type { ReactNode } from 'react';

type EmptyStateProps = { icon: ReactNode; title: ReactNode; children?: ReactNode };

export function EmptyState({ icon, title, children }: EmptyStateProps) {
  return (
    <div className="flex animate-arrive flex-col items-center gap-3 px-6 py-20 text-center">
      <span
        aria-hidden
        className="grid size-12 place-items-center rounded-full bg-selected text-accent-ink [&_svg]:size-6"
      >
        {icon}
      </span>
      <p className="text-section font-semibold">{title}</p>
      {children && <div className="max-w-96 text-control text-ink-2">{children}</div>}
    </div>
  );
}
