import { cx } from 'class-variance-authority';

/** The person's initials; decorative, the name always stands beside it. */
export function Avatar({ name, small }: { name: string; small?: boolean }) {
  const words = name.split(/[\s@._-]+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => (word ? String.fromCodePoint(word.codePointAt(0) ?? 63) : ''))
    .join('')
    .toUpperCase();
  return (
    <span
      aria-hidden
      className={cx(
        'grid shrink-0 place-items-center rounded-full bg-selected font-semibold text-accent-ink',
        small ? 'size-6 text-[10px]' : 'size-8 text-label',
      )}
    >
      {letters}
    </span>
  );
}
