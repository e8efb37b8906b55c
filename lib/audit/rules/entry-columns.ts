// The searchable columns repeat what the entry says, and say nothing else.

import type { JsonValue } from '@/lib/kernel/json/json-value';

/** The searchable copies of an entry's members, in the entry's own spelling; null where it is silent. */
export type EntryColumns = { [Name in keyof typeof PATHS]: string | null };

const PATHS = {
  org: ['org'],
  eventId: ['eventId'],
  at: ['at'],
  type: ['type'],
  actorKind: ['actor', 'kind'],
  actorId: ['actor', 'id'],
  subjectType: ['subject', 'type'],
  subjectId: ['subject', 'id'],
  requestId: ['request'],
  runId: ['run'],
  action: ['action'],
  status: ['status'],
  agentId: ['agent', 'id'],
} as const;

const NAMES = Object.keys(PATHS) as (keyof typeof PATHS)[]; // Object.keys forgets the literal names

/** The columns that belong to an entry: for the writer, and for whoever checks the copies. */
export function entryColumns(entry: JsonValue): EntryColumns {
  const pairs = NAMES.map((name) => [name, textAt(entry, PATHS[name])]);
  return Object.fromEntries(pairs); // one pair for each name, so the type holds
}

/** The first column that does not repeat the entry; null when all do. */
export function differingColumn(entry: JsonValue, columns: EntryColumns): keyof EntryColumns | null {
  return NAMES.find((name) => textAt(entry, PATHS[name]) !== columns[name]) ?? null;
}

function textAt(entry: JsonValue, path: readonly string[]): string | null {
  let value: JsonValue | undefined = entry;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    value = Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return typeof value === 'string' ? value : null;
}
