'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { useRequestEvents } from '@/components/live/request-events';
import { ServerClockProvider } from '@/components/live/server-clock';
import type { RequestDetail } from '@/lib/approvals/schema';
import { DecisionBar } from './decision-bar';
import { sameJson } from './field-rows';
import { PayloadEditor } from './payload-editor';
import { previewAllows, previewRisk } from './preview-verdict';
import { RequestBody } from './request-body';
import { requestColumns } from './request-columns';
import { RequestHead } from './request-head';
import { RequestNotices } from './request-notices';
import { RequestRail } from './request-rail';
import { useEdit } from './use-edit';
import { usePreview } from './use-preview';
import { useVote } from './use-vote';
import { mayShowAtOnce, whatChanged } from './what-changed';

type Shown = RequestDetail & { now: string };

/** One request, live: it follows what happens elsewhere, but never swaps what is being judged or typed. */
export function RequestScreen({ request }: { request: Shown }) {
  const router = useRouter();
  const heading = useRef<HTMLHeadingElement>(null);
  const [latest, setLatest] = useState(request);
  const [shown, setShown] = useState<RequestDetail>(request);
  const [waiting, setWaiting] = useState<Shown | null>(null);
  const [change, setChange] = useState<string | null>(null);
  const { edit, start, stop } = useEdit();
  const voting = useVote(showFresh, () => router.refresh());

  if (request !== latest) {
    setLatest(request);
    takeIn(request);
  }

  function takeIn(fresh: Shown) {
    const words = whatChanged(shown, fresh);
    if (words) setChange(words);
    if (mayShowAtOnce(shown, fresh, edit !== null)) setShown(fresh);
    else setWaiting(fresh);
  }
  function showFresh(view: RequestDetail) {
    stop();
    setWaiting(null);
    setChange(null);
    setShown(view);
    router.refresh();
    heading.current?.focus();
  }
  function showWaiting() {
    if (waiting) setShown(waiting);
    stop();
    setWaiting(null);
    setChange(null);
    voting.clear();
    heading.current?.focus({ preventScroll: true });
  }

  useRequestEvents((id) => {
    if (id === null || id === shown.id) router.refresh();
  });
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  const edited = edit && !sameJson(edit.draft, shown.payload) ? edit.draft : null;
  const preview = usePreview(shown.id, edit?.broken ? null : edited);
  const editBlocked = blockReason(edit?.broken ?? false, edited !== null, preview);

  return (
    <ServerClockProvider now={request.now}>
      <div className="flex min-h-full flex-1 flex-col px-4 sm:px-8">
        <div className={`gap-8 py-5 ${requestColumns}`}>
          <article aria-labelledby="request-title" className="flex min-w-0 max-w-[860px] flex-col gap-5">
            <RequestHead request={shown} heading={heading} />
            <RequestNotices
              notice={voting.notice}
              change={change}
              waiting={waiting !== null}
              request={shown}
              onShow={showWaiting}
            />
            <RequestBody
              request={shown}
              editor={
                edit && <PayloadEditor key={shown.revision} request={shown} edit={edit} preview={preview} />
              }
            />
          </article>
          <RequestRail request={shown} />
        </div>
        <DecisionBar
          request={shown}
          risk={previewRisk(preview) ?? shown.risk}
          edited={edited}
          editing={edit !== null}
          editBlocked={editBlocked}
          stale={waiting !== null}
          sending={voting.sending}
          onEdit={() => start(shown.payload)}
          onStopEdit={stop}
          onVote={(ballot) => voting.vote(shown, ballot)}
        />
      </div>
    </ServerClockProvider>
  );
}

function blockReason(
  broken: boolean,
  changed: boolean,
  preview: ReturnType<typeof usePreview>,
): string | null {
  if (broken) return 'A value can’t be read yet.';
  if (!changed) return 'Nothing is changed yet. Change a value, or discard the edit.';
  if (preview === 'checking') return 'Policy is judging your edit…';
  return previewAllows(preview) ? null : 'This edit can’t be approved as it is.';
}
