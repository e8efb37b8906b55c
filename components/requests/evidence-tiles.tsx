import { cx } from 'class-variance-authority';
import { toneGlyph } from '@/components/ui/notice';
import { toneIcon, toneSurface } from '@/components/ui/tone';
import type { RequestDetail, Tone } from '@/lib/approvals/schema';
import { ForeignLink } from './foreign-link';
import { HiddenText } from './hidden-text';

const words: Record<Tone, string> = {
  red: 'Risk',
  amber: 'Caution',
  blue: 'Info',
  emerald: 'Positive',
  slate: 'Neutral',
};
const order: Tone[] = ['red', 'amber', 'blue', 'emerald', 'slate'];

/** What speaks for and against, worst first; each tile says in words how it is meant and who says so. */
export function EvidenceTiles({ evidence }: { evidence: RequestDetail['evidence'] }) {
  const sorted = evidence.toSorted((one, other) => order.indexOf(one.tone) - order.indexOf(other.tone));
  return (
    <ul className="grid grid-cols-[repeat(auto-fit,minmax(min(140px,100%),1fr))] gap-2.5">
      {sorted.map((tile, index) => {
        const Glyph = toneGlyph[tile.tone];
        // An agent may send the same tile twice, so only the place tells them apart.
        const key = `${index}`;
        return (
          <li
            key={key}
            className={cx('flex min-h-[72px] gap-2.5 rounded-card border p-3', toneSurface[tile.tone])}
          >
            <Glyph aria-hidden className={cx('mt-0.5 size-4 shrink-0', toneIcon[tile.tone])} />
            <div className="flex min-w-0 flex-1 flex-col gap-0.5">
              <div className="flex flex-wrap items-start justify-between gap-x-2 text-meta">
                <span className="max-w-full [&_bdi]:[overflow-wrap:break-word]">
                  <HiddenText text={tile.label} />
                </span>
                <span className="font-semibold">{words[tile.tone]}</span>
              </div>
              <p className="text-control font-semibold whitespace-pre-wrap">
                <HiddenText text={tile.value} />
              </p>
              {tile.href && (
                <span className="text-meta">
                  <ForeignLink href={tile.href} />
                </span>
              )}
              <p className="mt-auto text-meta">
                {tile.source === 'policy' ? 'verified by policy' : 'claimed by agent'}
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
