'use client';

import { useState } from 'react';
import type { JsonValue } from '@/lib/kernel/json/json-value';

/** A reviewer's draft of the payload while it is being typed. */
export type Edit = {
  draft: JsonValue;
  /** Something typed can't be read as a value yet, so nothing may be sent. */
  broken: boolean;
  change: (draft: JsonValue) => void;
  markBroken: (place: string, broken: boolean) => void;
  forgetBroken: () => void;
};

/** The draft, or null while nobody edits; `start` opens it with the payload as it is. */
export function useEdit(): { edit: Edit | null; start: (payload: JsonValue) => void; stop: () => void } {
  const [draft, setDraft] = useState<{ value: JsonValue } | null>(null);
  const [broken, setBroken] = useState<readonly string[]>([]);

  const edit: Edit | null = draft && {
    draft: draft.value,
    broken: broken.length > 0,
    change: (value) => setDraft({ value }),
    markBroken: (place, isBroken) =>
      setBroken((places) => [...places.filter((other) => other !== place), ...(isBroken ? [place] : [])]),
    forgetBroken: () => setBroken([]),
  };
  function start(payload: JsonValue) {
    setBroken([]);
    setDraft({ value: payload });
  }
  return { edit, start, stop: () => setDraft(null) };
}
