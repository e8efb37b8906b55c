import {
  Ban,
  CircleCheck,
  CircleX,
  Hourglass,
  Layers,
  type LucideIcon,
  OctagonX,
  PencilLine,
  TimerOff,
  Zap,
} from 'lucide-react';
import { Chip } from '@/components/ui/chip';
import type { Execution, RequestStatus, Tone } from '@/lib/approvals/schema';

type Look = { word: string; tone: Tone; icon: LucideIcon };

const looks: Record<RequestStatus, Look> = {
  pending: { word: 'Pending', tone: 'blue', icon: Hourglass },
  allowed: { word: 'Allowed by policy', tone: 'emerald', icon: Zap },
  denied: { word: 'Denied by policy', tone: 'red', icon: OctagonX },
  approved: { word: 'Approved', tone: 'emerald', icon: CircleCheck },
  rejected: { word: 'Rejected', tone: 'red', icon: CircleX },
  expired: { word: 'Expired', tone: 'slate', icon: TimerOff },
  cancelled: { word: 'Cancelled', tone: 'slate', icon: Ban },
  superseded: { word: 'Superseded', tone: 'slate', icon: Layers },
};

type StatusChipProps = { status: RequestStatus; edited?: boolean; size?: 'small' | 'large' };

export function StatusChip({ status, edited, size = 'small' }: StatusChipProps) {
  const look = looks[status];
  const changed = edited && status === 'approved';
  const Icon = changed ? PencilLine : look.icon;
  return (
    <Chip tone={look.tone} size={size}>
      <Icon aria-hidden />
      {changed ? 'Approved with edits' : look.word}
    </Chip>
  );
}

/** What the agent did with its permission, in words. */
export const executionWords: Record<Execution, { word: string; tone: Tone }> = {
  none: { word: 'Not used yet', tone: 'slate' },
  redeemed: { word: 'Used, result not reported yet', tone: 'blue' },
  succeeded: { word: 'Carried out', tone: 'emerald' },
  failed: { word: 'Failed when carried out', tone: 'red' },
};
