import { parseAs } from '@/lib/api/parse';
import { castVote } from '@/lib/approvals/cast-vote';
import { recordRefusal } from '@/lib/approvals/record-refusal';
import { VoteBody } from '@/lib/approvals/schema';
import { showRequest } from '@/lib/approvals/show-request';
import { AppError } from '@/lib/kernel/errors';
import { deskRoute } from './desk-route';

/** `POST /api/requests/{id}/votes` → the view; 403 with the reason; 409 with the fresh view. */
export const postVote = deskRoute(
  async ({ ctx, id, body }) => {
    const { refused } = await castVote(ctx, id, parseAs(VoteBody, body));
    if (refused) throw new AppError('conflict', refused);
    return showRequest(ctx, id);
  },
  async ({ ctx, id }, error) => {
    if (error.code === 'forbidden') {
      await recordRefusal(ctx, id, error.message);
      return { reason: error.message };
    }
    return error.code === 'conflict' ? { view: await showRequest(ctx, id) } : {};
  },
);
