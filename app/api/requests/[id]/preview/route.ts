import { parseAs } from '@/lib/api/parse';
import { previewEdit } from '@/lib/approvals/preview-edit';
import { PreviewBody } from '@/lib/approvals/schema';
import { deskRoute } from '@/lib/web/desk-route';

export const POST = deskRoute(({ ctx, id, body }) => previewEdit(ctx, id, parseAs(PreviewBody, body)));
