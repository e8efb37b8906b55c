import { cx } from 'class-variance-authority';
import Link from 'next/link';

const views = [
  { view: 'mine', word: 'Assigned to me', href: '/inbox' },
  { view: 'all', word: 'All pending', href: '/inbox?view=all' },
];

export function ViewLinks({ view }: { view: string }) {
  return (
    <nav aria-label="Views" className="flex rounded-control border bg-surface p-0.5">
      {views.map((place) => (
        <Link
          key={place.view}
          href={place.href}
          aria-current={place.view === view ? 'page' : undefined}
          className={cx(
            'flex h-7 items-center rounded-chip px-2.5 text-body transition-colors',
            place.view === view ? 'bg-hover font-medium text-ink' : 'text-ink-2 hover:text-ink',
          )}
        >
          {place.word}
        </Link>
      ))}
    </nav>
  );
}
