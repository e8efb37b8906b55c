import { cx } from 'class-variance-authority';
import Link from 'next/link';
import { LocalTime } from '@/components/ui/local-time';
import type { RequestListItem } from '@/lib/approvals/schema';
import { Countdown } from './countdown';
import { HiddenText } from './hidden-text';
import { Pips } from './pips';
import { RiskGlyph } from './risk-badge';
import { StatusChip } from './status-chip';

/** One line of a list, wholly a link: risk, title, time; agent, why, approvals. */
export function RequestRow({ item }: { item: RequestListItem }) {
  const pending = item.status === 'pending';
  return (
    <Link
      href={`/requests/${item.id}`}
      prefetch={false}
      className={cx(
        'relative grid min-h-16 grid-cols-[18px_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-2.5 outline-offset-[-2px] transition-colors hover:bg-hover focus-visible:bg-selected',
        'before:absolute before:inset-y-0 before:left-0 before:w-[3px] focus-visible:before:bg-accent',
        pending && item.breached && 'before:bg-red-solid',
      )}
    >
      <RiskGlyph risk={item.risk} />
      <span className="line-clamp-2 text-control font-medium sm:line-clamp-1">
        <HiddenText text={item.title} />
      </span>
      {pending ? (
        item.dueAt && (
          <span className="text-right">
            <Countdown openedAt={item.openedAt} dueAt={item.dueAt} />
          </span>
        )
      ) : (
        <StatusChip status={item.status} edited={item.edited} />
      )}
      <span className="col-start-2 line-clamp-1 text-body text-ink-3">
        <HiddenText text={item.agent.name} />
        {item.why && (
          <>
            {' · '}
            <HiddenText text={item.why} />
          </>
        )}
      </span>
      <span className="col-start-3 flex items-center justify-end gap-2 text-meta text-ink-3">
        {pending && item.you === 'voted' && <span>you voted</span>}
        {pending ? (
          <Pips met={item.met} slots={item.slots} />
        ) : (
          item.decidedAt && <LocalTime at={item.decidedAt} />
        )}
      </span>
    </Link>
  );
}
