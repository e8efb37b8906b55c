'use client';

import { cx } from 'class-variance-authority';
import { FileCheck2, History, Inbox, Mail, ScrollText } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';

const places = [
  { href: '/inbox', word: 'Inbox', icon: Inbox },
  { href: '/history', word: 'History', icon: History },
  { href: '/audit', word: 'Audit', icon: ScrollText },
  { href: '/policies', word: 'Policies', icon: FileCheck2 },
  { href: '/outbox', word: 'Outbox', icon: Mail },
];

type NavLinksProps = { mine: number; demo: boolean; mayAudit: boolean; bottom?: boolean };

/** Where one can go: a column beside the page, or a bar under it on phones. The outbox exists on the demo only. */
export function NavLinks({ mine, demo, mayAudit, bottom }: NavLinksProps) {
  const path = usePathname();
  return (
    <ul className={bottom ? 'flex' : 'flex flex-col gap-1'}>
      {places.map(({ href, word, icon: Icon }) => {
        if (href === '/outbox' && !demo) return null;
        if (href === '/audit' && !mayAudit) return null;
        const here =
          path === href ||
          path.startsWith(`${href}/`) ||
          (href === '/inbox' && path.startsWith('/requests/'));
        const count = href === '/inbox' && mine > 0 ? (mine >= 100 ? '99+' : String(mine)) : null;
        return (
          <li key={href} className={bottom ? 'flex-1' : undefined}>
            <Link
              href={href}
              aria-current={here ? 'page' : undefined}
              title={bottom ? undefined : word}
              className={cx(
                'relative flex items-center transition-colors',
                bottom
                  ? 'h-14 flex-col justify-center gap-0.5 text-meta'
                  : 'h-8 gap-3 rounded-control px-2 text-control max-lg:justify-center',
                here ? 'font-medium text-accent-ink' : 'text-ink-2 hover:text-ink',
                !bottom && (here ? 'bg-selected' : 'hover:bg-hover'),
              )}
            >
              <Icon aria-hidden className="size-[18px] shrink-0" />
              <span className={bottom ? undefined : 'max-lg:sr-only'}>{word}</span>
              {count && <Count text={count} corner={bottom ?? false} />}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function Count({ text, corner }: { text: string; corner: boolean }) {
  const badge = 'absolute rounded-full bg-accent px-1.5 text-[10px] leading-4 font-semibold text-on-accent';
  return (
    <span
      className={cx(
        corner && badge,
        corner ? 'top-1.5 left-1/2 ml-2' : 'ml-auto text-body',
        !corner &&
          'max-lg:absolute max-lg:-top-1 max-lg:-right-1 max-lg:rounded-full max-lg:bg-accent max-lg:px-1.5 max-lg:text-[10px] max-lg:leading-4 max-lg:font-semibold max-lg:text-on-accent',
      )}
    >
      <span className="sr-only">, </span>
      {text}
      <span className="sr-only"> waiting for you</span>
    </span>
  );
}
