import { parseAs } from '@/lib/api/parse';
import { AuditSearch } from '@/lib/audit/schema';
import { searchEvents } from '@/lib/audit/search-events';
import { deskRoute } from '@/lib/web/desk-route';

// A search is noted in the record, so it is no GET.
export const POST = deskRoute(({ ctx, body }) => searchEvents(ctx, parseAs(AuditSearch, body, 'malformed')));
