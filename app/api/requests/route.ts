import { z } from 'zod';
import { parseAs } from '@/lib/api/parse';
import { listRequests } from '@/lib/approvals/queries';
import { deskRoute } from '@/lib/web/desk-route';

const Query = z.object({
  view: z.enum(['mine', 'all', 'history']).default('mine'),
  cursor: z.string().max(60).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const GET = deskRoute(({ ctx, request }) =>
  listRequests(ctx, parseAs(Query, Object.fromEntries(new URL(request.url).searchParams), 'malformed')),
);
