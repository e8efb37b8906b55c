import Link from 'next/link';
import { Button, buttonLook } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import type { RequestDetail } from '@/lib/approvals/schema';
import type { VoteNotice } from './use-vote';

type RequestNoticesProps = {
  notice: VoteNotice | null;
  change: string | null;
  /** A fresher state is held back until the reader asks for it. */
  waiting: boolean;
  request: RequestDetail;
  onShow: () => void;
};

/** What came of the reader's own vote, and what others did meanwhile. */
export function RequestNotices({ notice, change, waiting, request, onShow }: RequestNoticesProps) {
  const decided = notice && request.status !== 'pending';
  return (
    <div className="flex flex-col gap-2 empty:hidden">
      {notice && !waiting && (
        <Notice
          tone={notice.tone}
          title={notice.title}
          urgent={notice.tone === 'red' || notice.tone === 'amber'}
          action={
            notice.tone === 'emerald' || decided ? (
              <Link href="/inbox" className={buttonLook({ look: 'plain' })}>
                Back to inbox
              </Link>
            ) : undefined
          }
        >
          {notice.text}
        </Notice>
      )}
      {waiting && (
        <Notice
          tone="amber"
          title={`This changed while you were reading: ${change ?? 'there is a newer version'}.`}
          action={<Button onClick={onShow}>Show the change</Button>}
        >
          Nothing can be decided until you have seen it. An open edit is discarded.
        </Notice>
      )}
      {!waiting && !notice && change && <Notice tone="blue" title={`Just now: ${change}.`} />}
    </div>
  );
}
