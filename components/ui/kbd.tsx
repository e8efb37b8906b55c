import type { ReactNode } from 'react';

/** A key to press; hidden where a touch screen has none. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded-chip border border-current/25 px-1.5 font-sans text-meta opacity-80 max-sm:hidden">
      {children}
    </kbd>
  );
}
