'use client';

import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { Logo } from '@/components/ui/logo';

/** Head of the page on phones: the org, or the way back from a request. */
export function PhoneHead({ org, children }: { org: string; children: ReactNode }) {
  const inside = usePathname().startsWith('/requests/');
  return (
    <header className="no-print flex h-14 items-center gap-2 border-b bg-surface px-4 sm:hidden">
      {inside ? (
        <Link
          href="/inbox"
          className="-ml-2 flex min-h-10 flex-1 items-center gap-1 text-control font-medium text-ink-2"
        >
          <ChevronLeft aria-hidden className="size-5" /> Inbox
        </Link>
      ) : (
        <p className="flex min-w-0 flex-1 items-center gap-2 text-control font-semibold">
          <Logo /> <span className="truncate">{org}</span>
        </p>
      )}
      {children}
    </header>
  );
}

/** Navigation under the page on phones; it makes room for the decision bar of a request. */
export function PhoneNav({ children }: { children: ReactNode }) {
  if (usePathname().startsWith('/requests/')) return null;
  return (
    <nav
      aria-label="Main"
      className="no-print sticky bottom-0 z-20 mt-auto border-t bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      {children}
    </nav>
  );
}
