import { cx } from 'class-variance-authority';
import { CircleCheck, CircleMinus, Info, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Tone } from '@/lib/approvals/schema';
import { toneIcon, toneSurface } from './tone';

export const toneGlyph = {
  slate: CircleMinus,
  blue: Info,
  emerald: CircleCheck,
  amber: TriangleAlert,
  red: OctagonAlert,
};

type NoticeProps = {
  tone: Tone;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  urgent?: boolean;
};

/** Something the reader should know now; read out politely, or at once when urgent. */
export function Notice({ tone, title, children, action, urgent }: NoticeProps) {
  const Glyph = toneGlyph[tone];
  return (
    <div
      role={urgent ? 'alert' : 'status'}
      className={cx('flex animate-arrive items-start gap-3 rounded-card border px-4 py-3', toneSurface[tone])}
    >
      <Glyph aria-hidden className={cx('mt-0.5 size-4 shrink-0', toneIcon[tone])} />
      <div className="min-w-0 flex-1">
        <p className="text-control font-semibold">{title}</p>
        {children && <div className="text-body">{children}</div>}
      </div>
      {action}
    </div>
  );
}
