import type { AuditFilters } from '@/lib/audit/schema';

/** What can be said in the address, in the order it is asked for; the server judges what it is worth. */
const names = [
  'from',
  'to',
  'type',
  'actor',
  'action',
  'agent',
  'run',
  'request',
  'status',
] as const satisfies (keyof AuditFilters)[];
export type FilterTexts = { [Name in (typeof names)[number]]?: string };

/** The filters that an address or a form names; empty ones narrow nothing. */
export function filtersOf(said: Record<string, unknown>): FilterTexts {
  const given = names.map((name) => [name, typeof said[name] === 'string' ? said[name].trim() : '']);
  return Object.fromEntries(given.filter(([, text]) => text !== ''));
}

/** The address of a search, with the event that is open. */
export function auditAddress(filters: FilterTexts, event: string | null = null): string {
  const query = new URLSearchParams({ ...filters, ...(event && { event }) });
  return query.size > 0 ? `/audit?${query}` : '/audit';
}
