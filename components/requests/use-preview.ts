'use client';

import { useEffect, useState } from 'react';
import type { PreviewView } from '@/lib/approvals/schema';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { type DeskAnswer, deskPost } from './desk-call';

/** `null` while there is nothing to ask; `checking` until policy has judged the latest draft. */
export type Preview = null | 'checking' | DeskAnswer<PreviewView>;

const pauseMs = 350;

/** What policy says of an edit before it is made; asks when typing pauses. `draft` null asks nothing. */
export function usePreview(id: string, draft: JsonValue | null): Preview {
  const [answered, setAnswered] = useState<{ draft: JsonValue; answer: DeskAnswer<PreviewView> } | null>(
    null,
  );
  useEffect(() => {
    if (draft === null) return;
    const stop = new AbortController();
    const timer = window.setTimeout(async () => {
      const answer = await deskPost<PreviewView>(
        `/api/requests/${id}/preview`,
        { payload: draft },
        stop.signal,
      );
      if (!stop.signal.aborted) setAnswered({ draft, answer });
    }, pauseMs);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [id, draft]);
  if (draft === null) return null;
  return answered?.draft === draft ? answered.answer : 'checking';
}
