'use client';

import { CircleCheck, CircleDashed, CircleX, X } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { deskGet } from '@/components/requests/desk-call';
import { HiddenText } from '@/components/requests/hidden-text';
import { Button } from '@/components/ui/button';
import { Chip } from '@/components/ui/chip';
import { Dialog } from '@/components/ui/dialog';
import { LocalTime } from '@/components/ui/local-time';
import { Notice } from '@/components/ui/notice';
import { Section } from '@/components/ui/section';
import { Skeleton } from '@/components/ui/skeleton';
import type { ProofCheck, ProvenEvent } from '@/lib/audit/schema';

type EventDrawerProps = { id: string | null; search: string; onClose: () => void };
type Loaded = { id: string; proven: ProvenEvent } | { id: string; problem: string };

/** One event: what it says, its hash and number, and what proves it, recomputed as the drawer opens. */
export function EventDrawer({ id, search, onClose }: EventDrawerProps) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    if (!id) return;
    let left = false;
    const path = `/api/audit/events/${encodeURIComponent(id)}?search=${encodeURIComponent(search)}`;
    deskGet<ProvenEvent>(path).then((answer) => {
      if (!left) setLoaded(answer.ok ? { id, proven: answer.view } : { id, problem: answer.message });
    });
    return () => {
      left = true;
    };
  }, [id, search]);
  const now = loaded?.id === id ? loaded : null;
  const event = now && 'proven' in now ? now.proven.event : null;
  const number = event?.sequence;
  return (
    <Dialog
      drawer
      open={id !== null}
      onClose={onClose}
      lead={
        <div className="flex w-full items-center justify-between gap-3">
          {event ? <Chip tone={event.tone}>{event.type}</Chip> : <span />}
          <Button look="quiet" size="icon" aria-label="Close" data-autofocus onClick={onClose}>
            <X aria-hidden />
          </Button>
        </div>
      }
      title={typeof number === 'number' ? `Event ${number.toLocaleString('en-GB')}` : 'Event'}
    >
      {!now && <Loading />}
      {now && 'problem' in now && (
        <Notice tone="red" urgent title="This event couldn’t be shown">
          <p>{now.problem}</p>
        </Notice>
      )}
      {now && 'proven' in now && <Proven proven={now.proven} />}
    </Dialog>
  );
}

function Loading() {
  return (
    <div className="flex flex-col gap-3">
      <span role="status" className="sr-only">
        Loading and checking
      </span>
      {['h-56', 'h-14', 'h-16', 'h-12'].map((height) => (
        <Skeleton key={height} className={`w-full ${height}`} />
      ))}
    </div>
  );
}

function Proven({ proven: { event, entry, leaf, checks, checkpoint } }: { proven: ProvenEvent }) {
  return (
    <>
      <p className="text-control text-ink-2">
        {event.text} · <HiddenText text={event.actor.name} /> · <LocalTime at={event.at} style="full" />
        {event.request && (
          <>
            {' · '}
            <Link href={`/requests/${event.request.id}`} className="font-medium text-accent-ink underline">
              <HiddenText text={event.request.title || event.request.id} />
            </Link>
          </>
        )}
      </p>
      <Section title="Entry">
        <pre className="rounded-card border bg-canvas p-3 font-mono text-code whitespace-pre-wrap">
          {entry.split('\n').map((line, index) => {
            // Lines of a text have no identity but their place.
            const key = `${index}:${line}`;
            return (
              <span key={key} className="block" style={{ paddingLeft: `${indentOf(line)}ch` }}>
                <HiddenText text={line.trimStart()} />
              </span>
            );
          })}
        </pre>
      </Section>
      <Section title="Proof" note="recomputed just now">
        <ul className="flex flex-col gap-2">
          {checks.map((check) => (
            <Check key={check.title} check={check} />
          ))}
        </ul>
      </Section>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-meta">
        <Fact name="Event id" text={event.id} />
        <Fact name="Leaf hash" text={leaf} />
        {checkpoint && <Fact name="Checkpoint" text={`${checkpoint.size.toLocaleString('en-GB')} events`} />}
        {checkpoint && <Fact name="Root" text={checkpoint.root} />}
        {checkpoint && (
          <>
            <dt className="text-ink-3">Signed</dt>
            <dd>
              <LocalTime at={checkpoint.signedAt} style="full" />
            </dd>
          </>
        )}
      </dl>
    </>
  );
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="font-mono break-all">{text}</dd>
    </>
  );
}

const looks = {
  holds: { Icon: CircleCheck, colour: 'text-emerald-icon', word: 'Holds' },
  fails: { Icon: CircleX, colour: 'text-red-icon', word: 'Fails' },
  waits: { Icon: CircleDashed, colour: 'text-ink-3', word: 'Waits' },
};

function Check({ check: { state, title, note } }: { check: ProofCheck }) {
  const { Icon, colour, word } = looks[state];
  return (
    <li className="flex items-start gap-3 rounded-card border px-3.5 py-2.5">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${colour}`} />
      <div className="min-w-0">
        <p className="text-control font-medium">
          <span className="sr-only">{word}: </span>
          {title}
        </p>
        <p className="font-mono text-meta break-words text-ink-3">{note}</p>
      </div>
    </li>
  );
}
