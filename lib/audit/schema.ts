import { z } from 'zod';
import { EventType } from './rules/event-type';
import type { EventTone } from './rules/event-words';

const wireId = (prefixes: string) =>
  z.string().regex(new RegExp(`^(${prefixes})_[0-9A-HJKMNP-TV-Z]{26}$`, 'i'), 'expected an id');
/** A day means its beginning as `from` and its end as `to`, both in UTC. */
const Moment = z.union([z.iso.date(), z.iso.datetime()], { error: 'expected a day, such as 2026-11-20' });

/** What narrows a search of the record; what is absent narrows nothing. */
export const AuditFilters = z.strictObject({
  from: Moment.optional(),
  to: Moment.optional(),
  type: EventType.optional(),
  actor: z.union([z.literal('system'), wireId('mem|agt|tok')]).optional(),
  /** Exact, or all that begins so where it ends in `*`. */
  action: z.string().min(1).max(200).optional(),
  agent: wireId('agt').optional(),
  run: z.string().min(1).max(200).optional(),
  request: wireId('req').optional(),
  status: z.string().min(1).max(60).optional(),
});
export type AuditFilters = z.infer<typeof AuditFilters>;

/** Without a cursor a search begins, which the record notes; with one it goes on. */
export const AuditSearch = z.strictObject({
  filters: AuditFilters.default({}),
  cursor: z.string().max(160).optional(),
});
export type AuditSearch = z.infer<typeof AuditSearch>;

/** One line of the record. `sequence` is null until it is sealed; `problem` says what doesn't fit together. */
export type EventView = {
  id: string;
  at: string;
  type: string;
  text: string;
  tone: EventTone;
  actor: { id: string; kind: string; name: string };
  subject: { type: string; id: string; name: string | null };
  request: { id: string; title: string } | null;
  action: string | null;
  outcome: string | null;
  sequence: number | null;
  problem: string | null;
};

/** `search` names the search in the record: it is asked for when one of its events is opened. */
export type EventPage = { events: EventView[]; nextCursor: string | null; search: string };

export type ProofCheck = { state: 'holds' | 'fails' | 'waits'; title: string; note: string };

/** One event with what proves it, recomputed when it was asked for; `entry` is its canonical text, indented. */
export type ProvenEvent = {
  event: EventView;
  entry: string;
  leaf: string;
  checks: ProofCheck[];
  checkpoint: { size: number; root: string; signedAt: string } | null;
};

/** Where the signed log stands: `problem` where root or signature don't hold. */
export type LogState = { size: number; signedAt: string | null; problem: string | null };

/** Whom and what a search can be narrowed to. */
export type FilterChoices = {
  types: { type: EventType; text: string }[];
  actors: { id: string; name: string }[];
  agents: { id: string; name: string }[];
};
