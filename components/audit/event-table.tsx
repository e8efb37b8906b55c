'use client';

import { Lock, LockOpen, ShieldAlert } from 'lucide-react';
import Link from 'next/link';
import { HiddenText } from '@/components/requests/hidden-text';
import { Chip } from '@/components/ui/chip';
import { LocalTime } from '@/components/ui/local-time';
import type { EventView } from '@/lib/audit/schema';

type EventTableProps = { events: EventView[]; open: (id: string) => void };

const heads = ['Time', 'Who', 'Event', 'About', 'Outcome', 'Number'];

/** The lines of the record; on phones each stands as a block. */
export function EventTable({ events, open }: EventTableProps) {
  return (
    <table className="w-full border-collapse text-left max-md:block">
      <caption className="sr-only">Events, newest first</caption>
      <thead className="max-md:sr-only">
        <tr className="border-b text-meta text-ink-3">
          {heads.map((head) => (
            <th key={head} scope="col" className="h-9 px-3 font-medium first:pl-6 last:pr-6 last:text-right">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {events.map((event) => (
          <EventRow key={event.id} event={event} open={open} />
        ))}
      </tbody>
    </table>
  );
}

const cell = 'px-3 py-2 align-middle max-md:p-0';

function EventRow({ event, open }: { event: EventView; open: (id: string) => void }) {
  return (
    <tr className="relative text-body transition-colors hover:bg-hover max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-2.5 max-md:gap-y-1 max-md:px-4 max-md:py-3">
      <td className={`${cell} font-mono text-code whitespace-nowrap text-ink-2 md:pl-6`}>
        <LocalTime at={event.at} style="second" />
      </td>
      <td className={`${cell} md:max-w-48`}>
        <HiddenText text={event.actor.name} />
      </td>
      <td className={`${cell} max-md:order-first max-md:w-full`}>
        {/* The button covers its row; the link to the request lies above it. */}
        <button
          type="button"
          onClick={() => open(event.id)}
          title={event.type}
          className="min-h-6 rounded-chip text-left before:absolute before:inset-0 before:content-[''] focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-focus"
        >
          <Chip tone={event.tone}>{event.text}</Chip>
        </button>
      </td>
      <td className={`${cell} max-md:order-first max-md:w-full`}>
        <About event={event} />
      </td>
      <td className={`${cell} text-ink-2 md:max-w-56`}>
        {event.outcome ? <HiddenText text={event.outcome} /> : <span className="sr-only">none</span>}
      </td>
      <td className={`${cell} text-right whitespace-nowrap max-md:ml-auto md:pr-6`}>
        <Seal event={event} />
      </td>
    </tr>
  );
}

function About({ event: { request, subject, action } }: { event: EventView }) {
  if (request)
    return (
      <Link
        href={`/requests/${request.id}`}
        prefetch={false}
        className="relative z-10 inline-block min-h-6 min-w-6 py-0.5 font-medium underline decoration-hairline underline-offset-2 hover:decoration-current"
      >
        <HiddenText text={request.title || action || request.id} />
      </Link>
    );
  if (subject.type === 'org') return <span className="text-ink-2">the organisation</span>;
  return (
    <span className="text-ink-2">
      {subject.type}{' '}
      {subject.name ? (
        <HiddenText text={subject.name} />
      ) : (
        <code className="font-mono text-meta break-all">{subject.id}</code>
      )}
    </span>
  );
}

function Seal({ event: { sequence, problem } }: { event: EventView }) {
  if (problem)
    return (
      <Chip tone="red" title={problem}>
        <ShieldAlert aria-hidden /> changed
      </Chip>
    );
  if (sequence === null)
    return (
      <span className="inline-flex items-center gap-1.5 text-meta text-ink-3">
        <LockOpen aria-hidden className="size-3.5" /> not yet sealed
      </span>
    );
  return (
    <span className="inline-flex items-center gap-1.5 font-mono text-code text-ink-2">
      {sequence.toLocaleString('en-GB')}
      <Lock aria-hidden className="size-3.5 text-emerald-icon" />
      <span className="sr-only">, sealed</span>
    </span>
  );
}
