'use client';

import { useRouter } from 'next/navigation';
import { useRef } from 'react';
import { useRequestEvents } from '@/components/live/request-events';

const everyMs = 4000;

/** Keeps the count beside “Inbox” true on every page, at most once in a while however much happens. */
export function LiveCount() {
  const router = useRouter();
  const timer = useRef(0);
  useRequestEvents(() => {
    if (timer.current) return;
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      router.refresh();
    }, everyMs);
  });
  return null;
}
