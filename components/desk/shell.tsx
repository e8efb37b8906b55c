import type { ReactNode } from 'react';
import { Avatar } from '@/components/ui/avatar';
import { Logo } from '@/components/ui/logo';
import { LiveCount } from './live-count';
import { NavLinks } from './nav-links';
import { PhoneHead, PhoneNav } from './phone-bars';
import { roleWords } from './role-words';
import { SignOut } from './sign-out';
import { ThemeToggle } from './theme-toggle';

export type DeskPerson = { name: string; role: string; groups: string[]; org: { name: string } };

type ShellProps = { person: DeskPerson; mine: number; demo: boolean; mayAudit: boolean; children: ReactNode };

/** Around every page of a signed-in person: where they are, who they are, what waits for them. */
export function Shell({ person, mine, demo, mayAudit, children }: ShellProps) {
  return (
    <div className="flex min-h-dvh flex-col sm:grid sm:grid-cols-[56px_minmax(0,1fr)] lg:grid-cols-[232px_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-control bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <PhoneHead org={person.org.name}>
        <ThemeToggle />
        <SignOut />
      </PhoneHead>
      <header className="no-print sticky top-0 flex h-dvh flex-col gap-4 border-r px-2.5 py-4 max-sm:hidden">
        <p className="flex h-6 items-center gap-2.5 px-1.5 text-section font-semibold max-lg:justify-center">
          <Logo />
          <span className="max-lg:sr-only">Countersign</span>
        </p>
        <p className="flex items-center gap-2.5 rounded-card border bg-surface p-1.5 text-control font-medium shadow-card">
          <span
            aria-hidden
            className="grid size-6 shrink-0 place-items-center rounded-control bg-ink text-label font-semibold text-canvas"
          >
            {person.org.name.charAt(0).toUpperCase()}
          </span>
          <span className="truncate max-lg:sr-only">{person.org.name}</span>
        </p>
        <nav aria-label="Main">
          <NavLinks mine={mine} demo={demo} mayAudit={mayAudit} />
        </nav>
        <div className="mt-auto flex items-center gap-2.5 border-t pt-4 max-lg:flex-col lg:px-1.5">
          <Avatar name={person.name} />
          <div className="min-w-0 flex-1 max-lg:sr-only">
            <p className="truncate text-control font-medium">{person.name}</p>
            <p className="truncate text-meta text-ink-3" title={roleWords(person)}>
              {roleWords(person)}
            </p>
          </div>
          <div className="flex max-lg:flex-col">
            <ThemeToggle />
            <SignOut />
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
        {children}
      </main>
      <PhoneNav>
        <NavLinks bottom mine={mine} demo={demo} mayAudit={mayAudit} />
      </PhoneNav>
      <LiveCount />
    </div>
  );
}
