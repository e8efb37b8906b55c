import type { KeyboardEvent } from 'react';

/** Sends the form on ⌘↵ or Ctrl↵ from any of its fields, also while no line break is wanted. */
export function submitOnCommandEnter(event: KeyboardEvent<HTMLFormElement>) {
  if (
    event.key !== 'Enter' ||
    !(event.metaKey || event.ctrlKey) ||
    event.repeat ||
    event.nativeEvent.isComposing
  )
    return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}
