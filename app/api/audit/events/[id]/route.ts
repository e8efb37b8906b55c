import { showEvent } from '@/lib/audit/show-event';
import { deskRoute } from '@/lib/web/desk-route';

export const GET = deskRoute(({ ctx, id, request }) =>
  showEvent(ctx, id, new URL(request.url).searchParams.get('search') ?? ''),
);
