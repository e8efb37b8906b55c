import { ShieldAlert, ShieldCheck, ShieldEllipsis } from 'lucide-react';
import { Chip } from '@/components/ui/chip';
import { LocalTime } from '@/components/ui/local-time';
import type { LogState } from '@/lib/audit/schema';

/** How far the record is signed, and that the stored tree still has the signed root. */
export function LogBadge({ log }: { log: LogState }) {
  if (log.problem)
    return (
      <Chip tone="red" role="alert">
        <ShieldAlert aria-hidden /> {log.problem}
      </Chip>
    );
  if (!log.signedAt)
    return (
      <Chip tone="slate">
        <ShieldEllipsis aria-hidden /> nothing signed yet
      </Chip>
    );
  return (
    <Chip
      tone="emerald"
      title="The stored tree has the signed root. Open an event to check its own place in it."
    >
      <ShieldCheck aria-hidden />
      <span>
        verified up to event {(log.size - 1).toLocaleString('en-GB')} · checkpoint signed{' '}
        <LocalTime at={log.signedAt} />
      </span>
    </Chip>
  );
}
