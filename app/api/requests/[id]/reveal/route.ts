import { revealPayload } from '@/lib/approvals/reveal-payload';
import { deskRoute } from '@/lib/web/desk-route';

export const POST = deskRoute(({ ctx, id }) => revealPayload(ctx, id));
