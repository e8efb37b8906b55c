import { cx } from 'class-variance-authority';
import { Chip } from '@/components/ui/chip';
import type { Tone } from '@/lib/approvals/schema';
import type { RiskLevel } from '@/lib/policy/schema';

const looks: Record<RiskLevel, { bars: number; tone: Tone; fill: string; word: string }> = {
  low: { bars: 1, tone: 'slate', fill: 'fill-slate-icon', word: 'Low risk' },
  medium: { bars: 2, tone: 'blue', fill: 'fill-blue-icon', word: 'Medium risk' },
  high: { bars: 3, tone: 'amber', fill: 'fill-amber-icon', word: 'High risk' },
  critical: { bars: 4, tone: 'red', fill: 'fill-red-icon', word: 'Critical risk' },
};

/** Four bars, as many filled as the risk is high. The word is said to those who can't see them. */
export function RiskGlyph({ risk, named = true }: { risk: RiskLevel; named?: boolean }) {
  const { bars, fill, word } = looks[risk];
  return (
    <>
      <svg viewBox="0 0 18 14" className="h-3.5 w-[18px] shrink-0" aria-hidden="true" focusable="false">
        {[0, 1, 2, 3].map((bar) => (
          <rect
            key={bar}
            x={bar * 5}
            y={10 - bar * 3.2}
            width="3"
            height={4 + bar * 3.2}
            rx="1"
            className={cx('keep-colour', bar < bars ? fill : 'fill-field/35')}
          />
        ))}
      </svg>
      {named && <span className="sr-only">{word}. </span>}
    </>
  );
}

export function RiskBadge({ risk, size = 'large' }: { risk: RiskLevel; size?: 'small' | 'large' }) {
  const { tone, word } = looks[risk];
  return (
    <Chip tone={tone} size={size}>
      <RiskGlyph risk={risk} named={false} />
      {word}
    </Chip>
  );
}
