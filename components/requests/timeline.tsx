import { LocalTime } from '@/components/ui/local-time';
import type { TimelineEntry } from '@/lib/approvals/schema';
import { HiddenText } from './hidden-text';

/** All that happened to the request, oldest first. */
export function Timeline({ entries }: { entries: TimelineEntry[] }) {
  return (
    <ol className="relative flex flex-col gap-3 before:absolute before:inset-y-2 before:left-[3.5px] before:w-px before:bg-hairline">
      {entries.map((entry) => (
        <li key={entry.id} className="relative flex flex-col pl-5">
          <span
            aria-hidden
            className="absolute top-1.5 left-0 size-2 rounded-full border-2 border-field bg-canvas"
          />
          <p className="text-body">
            <HiddenText text={entry.text} />
          </p>
          {entry.note && (
            <p className="text-body text-ink-2">
              “<HiddenText text={entry.note} />”
            </p>
          )}
          <p className="text-meta text-ink-3">
            <HiddenText text={entry.actor.name} /> · <LocalTime at={entry.at} />
          </p>
        </li>
      ))}
    </ol>
  );
}
