import { cx } from 'class-variance-authority';

/** One dot for each approval that is needed, filled for each that is given. */
export function Pips({ met, slots }: { met: number; slots: number }) {
  if (slots === 0) return null;
  return (
    <span className="inline-flex items-center gap-1">
      {Array.from({ length: Math.min(slots, 8) }, (_, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: dots have no identity but their place
          key={index}
          aria-hidden
          className={cx(
            'keep-colour size-2 rounded-full border-[1.5px]',
            index < met ? 'border-emerald-icon bg-emerald-icon' : 'border-field',
          )}
        />
      ))}
      <span className="sr-only">
        {met} of {slots} approvals
      </span>
    </span>
  );
}
