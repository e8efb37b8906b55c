import type { ReactNode } from 'react';

/** The title bar of a page; what belongs to the whole page stands at its right. */
export function PageHead({
  title,
  note,
  children,
}: {
  title: ReactNode;
  note?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <header className="flex min-h-[60px] flex-wrap items-center gap-x-3 gap-y-2 border-b bg-surface px-4 py-3 sm:px-6">
      <h1 className="text-section font-semibold">{title}</h1>
      {note}
      {children && <div className="ml-auto flex flex-wrap items-center gap-2">{children}</div>}
    </header>
  );
}
