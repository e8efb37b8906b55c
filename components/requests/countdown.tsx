'use client';

import { cx } from 'class-variance-authority';
import { AlarmClock, Clock, OctagonAlert } from 'lucide-react';
import { useServerNow } from '@/components/live/server-clock';
import { Chip } from '@/components/ui/chip';
import { formatTime, useZone } from '@/components/ui/local-time';
import { toneText } from '@/components/ui/tone';
import { Tooltip } from '@/components/ui/tooltip';
import { type TimeLeft, timeLeft } from './time-left';

type Due = { openedAt: string; dueAt: string };

const glyphs = { clock: Clock, alarm: AlarmClock, octagon: OctagonAlert };

/** Time left in a row of the list. The digits are never announced. */
export function Countdown({ openedAt, dueAt }: Due) {
  const left = useTimeLeft({ openedAt, dueAt });
  const zone = useZone();
  return (
    <time
      dateTime={dueAt}
      title={`Respond by ${formatTime(dueAt, 'full', zone)}`}
      className={cx(
        'text-body whitespace-nowrap',
        left.tone !== 'slate' && 'font-semibold',
        toneText[left.tone],
      )}
    >
      <span className="sr-only">{left.overdue ? '' : 'Respond within '}</span>
      {left.text}
    </time>
  );
}

/** Time left with what will happen then, for the head of a request. Thresholds are announced once, politely. */
export function CountdownChip({
  openedAt,
  dueAt,
  expiresAt,
  onBreach,
}: Due & { expiresAt: string | null; onBreach: 'hold' | 'reject' | null }) {
  const left = useTimeLeft({ openedAt, dueAt });
  const zone = useZone();
  const Glyph = glyphs[left.glyph];
  return (
    <>
      <Tooltip
        words={
          <>
            <p>
              Respond by {formatTime(dueAt, 'full', zone)}:{' '}
              {onBreach === 'reject' ? 'then it is rejected.' : 'then it counts as overdue and stays open.'}
            </p>
            {expiresAt && <p>Closes {formatTime(expiresAt, 'full', zone)}: never approved by waiting.</p>}
          </>
        }
      >
        <button type="button" className="rounded-control text-left">
          <Chip tone={left.tone} size="large">
            <Glyph aria-hidden />
            <span>
              <time dateTime={dueAt} className="font-semibold">
                {left.text}
              </time>
              {!left.overdue && (
                <span className="font-normal">
                  {' '}
                  left, then {onBreach === 'reject' ? 'rejected' : 'overdue'}
                </span>
              )}
            </span>
          </Chip>
        </button>
      </Tooltip>
      <span role="status" className="sr-only">
        {warning(left)}
      </span>
    </>
  );
}

function useTimeLeft({ openedAt, dueAt }: Due): TimeLeft {
  return timeLeft(Date.parse(openedAt), Date.parse(dueAt), useServerNow());
}

// The words change only when a threshold is crossed, so a screen reader speaks three times at most.
function warning({ leftMs, overdue }: TimeLeft): string {
  if (overdue) return 'The time to respond is over.';
  if (leftMs < 5 * 60_000) return 'Less than 5 minutes left to respond.';
  if (leftMs < 15 * 60_000) return 'Less than 15 minutes left to respond.';
  return '';
}
