import type { Tone } from '@/lib/approvals/schema';

/** Ground, text and edge of each tone, as on evidence tiles, chips and notices. */
export const toneSurface: Record<Tone, string> = {
  slate: 'bg-slate-bg text-slate-ink border-slate-edge',
  blue: 'bg-blue-bg text-blue-ink border-blue-edge',
  emerald: 'bg-emerald-bg text-emerald-ink border-emerald-edge',
  amber: 'bg-amber-bg text-amber-ink border-amber-edge',
  red: 'bg-red-bg text-red-ink border-red-edge',
};

export const toneIcon: Record<Tone, string> = {
  slate: 'text-slate-icon',
  blue: 'text-blue-icon',
  emerald: 'text-emerald-icon',
  amber: 'text-amber-icon',
  red: 'text-red-icon',
};

/** Text in a tone on the ordinary ground, as in the countdown of a row. */
export const toneText: Record<Tone, string> = {
  slate: 'text-ink-3',
  blue: 'text-blue-ink',
  emerald: 'text-emerald-ink',
  amber: 'text-amber-ink',
  red: 'text-reject',
};
