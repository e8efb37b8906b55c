// A sealed row is sound when entry, leaf, seal and searchable copies all say the same.

import type { JsonValue } from '@/lib/kernel/json/json-value';
import { parseStrictJson } from '@/lib/kernel/json/strict-json';
import { detailHash, eventMac, leafHash } from './entry';
import { differingColumn, type EntryColumns } from './entry-columns';

/** One event as stored; `sequence` is its leaf index, from 0; `leaf` and `mac` are 32 bytes. */
export type SealedRow = {
  sequence: number;
  eventId: string;
  entry: Uint8Array;
  leaf: Uint8Array;
  mac: Uint8Array;
  macKeyId: string;
  columns: EntryColumns;
};

/** The erasable half of an event. */
export type DetailRow = { salt: Uint8Array; body: JsonValue };

/** An organisation's MAC key by its id; undefined where there is none. */
export type MacKeyLookup = (macKeyId: string) => Uint8Array | undefined;

const LIMITS = { bytes: 16_777_216, depth: 64, keys: 1_000_000, stringLength: 1_048_576 };

/** What is wrong with a row by itself, as text; null when nothing is. Without a lookup, seals go unchecked. */
export function rowProblem(row: SealedRow, org: string, macKey?: MacKeyLookup): string | null {
  const key = macKey?.(row.macKeyId);
  if (macKey && !key) return `names a MAC key that is not known: ${JSON.stringify(row.macKeyId)}`;
  const leaf = leafHash(row.entry);
  if (!leaf.equals(row.leaf)) return leafProblem(row, leaf, key);
  if (key && !eventMac(key, leaf).equals(row.mac)) return 'mac is not the seal of its leaf';
  const entry = parseEntry(row.entry);
  if (entry === undefined) return 'entry is no JSON';
  const column = differingColumn(entry, row.columns);
  if (column) return `column ${column} differs from the entry`;
  if (row.columns.eventId !== row.eventId) return 'event id differs from the entry';
  return row.columns.org === org ? null : 'entry belongs to another organisation';
}

/** What is wrong with an event's detail; null when nothing is, or when it was erased. */
export function detailProblem(row: SealedRow, detail: DetailRow | null): string | null {
  if (!detail) return null;
  const expected = entryDetailHash(row);
  if (expected === null) return 'detail stands where the entry has none';
  return detailHash(detail.salt, detail.body) === expected ? null : 'detail was changed';
}

/** The detail hash in a row's entry; null where it has none. */
export function entryDetailHash(row: SealedRow): string | null {
  const entry = parseEntry(row.entry);
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return null;
  const hash = Object.hasOwn(entry, 'detailHash') ? entry.detailHash : null;
  return typeof hash === 'string' ? hash : null;
}

/** The seal, made when both were whole, tells which of the two was changed since. */
function leafProblem(row: SealedRow, leafOfEntry: Buffer, key: Uint8Array | undefined): string {
  if (key && eventMac(key, row.leaf).equals(row.mac)) return 'entry was changed';
  if (key && eventMac(key, leafOfEntry).equals(row.mac)) return 'leaf was changed';
  return 'entry and leaf disagree';
}

function parseEntry(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), LIMITS);
  } catch {
    return undefined;
  }
}
