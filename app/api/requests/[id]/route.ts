import { showRequest } from '@/lib/approvals/show-request';
import { deskRoute } from '@/lib/web/desk-route';

export const GET = deskRoute(({ ctx, id }) => showRequest(ctx, id));
