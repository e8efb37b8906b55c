'use client';

import { useEffect, useEffectEvent } from 'react';

/** `id` is null when the stream was away and anything may have changed. */
type Listener = (id: string | null) => void;

/** Calls `onChange` for every request that changed in this org, as the server tells it on `/api/stream`. */
export function useRequestEvents(onChange: Listener) {
  const listener = useEffectEvent(onChange);
  useEffect(() => subscribe((id) => listener(id)), []);
}

const pollEveryMs = 10_000;
const listeners = new Set<Listener>();
let source: EventSource | null = null;
let poll = 0;

function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  if (!source) open();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) close();
  };
}

function open() {
  source = new EventSource('/api/stream');
  source.addEventListener('request', (event) => tell(idOf(event.data)));
  // Whatever happened before this moment, also since the page was made, was told to nobody.
  source.addEventListener('open', () => {
    stopPolling();
    tell(null);
  });
  source.addEventListener('error', startPolling);
}

function close() {
  source?.close();
  source = null;
  stopPolling();
}

// A browser gives up on a stream that answered with an error, so while there is none we ask now and then.
function startPolling() {
  if (poll) return;
  poll = window.setInterval(() => {
    if (document.hidden) return;
    tell(null);
    if (source?.readyState !== EventSource.CLOSED) return;
    close();
    open();
  }, pollEveryMs);
}

function stopPolling() {
  window.clearInterval(poll);
  poll = 0;
}

function tell(id: string | null) {
  for (const listener of listeners) listener(id);
}

function idOf(text: string): string | null {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== 'object' || message === null || !('id' in message)) return null;
    return typeof message.id === 'string' ? message.id : null;
  } catch {
    return null;
  }
}
