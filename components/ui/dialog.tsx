'use client';

import { cx } from 'class-variance-authority';
import { type ReactNode, useEffect, useId, useRef } from 'react';

type DialogProps = {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  /** Shown above the title, such as a risk badge. */
  lead?: ReactNode;
  /** At the right edge over the whole height, for reading; the whole screen on phones. */
  drawer?: boolean;
  children: ReactNode;
};

const centred = 'm-auto max-h-[min(86dvh,760px)] w-[min(464px,calc(100vw-24px))] rounded-dialog max-sm:mb-3';
const atTheEdge = 'my-0 mr-0 ml-auto h-dvh max-h-none w-[min(560px,100vw)] max-w-none border-l';

/**
 * A modal on the browser's own dialog: it traps the focus, closes on Escape, makes the rest inert and gives
 * the focus back. The child with `data-autofocus` gets the focus when it opens. No style element is injected,
 * so a strict content policy holds.
 */
export function Dialog({ open, onClose, title, description, lead, drawer, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const descriptionId = useId();

  useEffect(() => {
    const dialog = box.current;
    if (!dialog) return;
    if (open && !dialog.open) {
      dialog.showModal();
      dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    }
    if (!open && dialog.open) dialog.close();
  }, [open]);

  return (
    <dialog
      ref={box}
      aria-labelledby={titleId}
      aria-describedby={description ? descriptionId : undefined}
      onClose={onClose}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={cx(
        'overflow-y-auto bg-raised p-0 text-ink shadow-popover open:animate-arrive',
        drawer ? atTheEdge : centred,
      )}
    >
      {open && (
        <div className="flex flex-col gap-4 p-5 sm:p-6">
          <div className="flex flex-col items-start gap-2">
            {lead}
            <h2 id={titleId} className="foreign text-title">
              {title}
            </h2>
            {description && (
              <p id={descriptionId} className="text-control text-ink-2">
                {description}
              </p>
            )}
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
