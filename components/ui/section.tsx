import { type ReactNode, useId } from 'react';

type SectionProps = { title: string; note?: ReactNode; aside?: ReactNode; children: ReactNode };

/** A titled part of a page, found by its name. */
export function Section({ title, note, aside, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-2">
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id={id} className="text-body font-semibold text-ink-2">
          {title}
          {note && <span className="font-normal text-ink-3"> {note}</span>}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
