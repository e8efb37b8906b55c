import { cx } from 'class-variance-authority';
import { CircleCheck, CircleX } from 'lucide-react';
import { Avatar } from '@/components/ui/avatar';
import { Card } from '@/components/ui/card';
import { LocalTime } from '@/components/ui/local-time';
import type { RequestDetail } from '@/lib/approvals/schema';

/** Every vote, also those for an older payload, which no longer count. */
export function VotesList({ votes }: { votes: RequestDetail['votes'] }) {
  return (
    <Card>
      <ul className="divide-y">
        {votes.map((vote) => (
          <li
            key={`${vote.member.id} ${vote.revision}`}
            className={cx('flex items-start gap-3 px-4 py-3', !vote.current && 'text-ink-3')}
          >
            <Avatar small name={vote.member.name} />
            <div className="min-w-0 flex-1">
              <p className="text-control">
                <span className="font-medium">{vote.member.name}</span>{' '}
                {vote.verdict === 'approve' ? 'approved' : 'rejected'}
                {!vote.current && ` revision ${vote.revision}, no longer counted`}
              </p>
              {vote.reason && <p className="foreign text-control text-ink-2">“{vote.reason}”</p>}
              <p className="text-meta text-ink-3">
                <LocalTime at={vote.at} />
              </p>
            </div>
            {vote.verdict === 'approve' ? (
              <CircleCheck
                aria-hidden
                className={cx('mt-0.5 size-5 shrink-0', vote.current ? 'text-emerald-icon' : 'text-ink-3')}
              />
            ) : (
              <CircleX aria-hidden className="mt-0.5 size-5 shrink-0 text-red-icon" />
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
