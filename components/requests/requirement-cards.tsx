import { Check, CircleDashed } from 'lucide-react';
import { Avatar } from '@/components/ui/avatar';
import type { RequirementDetail } from '@/lib/approvals/schema';

/** Who must agree: who has, and who can. */
export function RequirementCards({
  requirements,
  pending,
}: {
  requirements: RequirementDetail[];
  pending: boolean;
}) {
  if (requirements.length === 0) return null;
  return (
    <ul
      aria-label="Who must agree"
      className="grid grid-cols-[repeat(auto-fit,minmax(min(240px,100%),1fr))] gap-px overflow-hidden rounded-b-card border-t bg-hairline"
    >
      {requirements.map((requirement) => {
        const done = requirement.met >= requirement.count;
        const face = requirement.filledBy[0] ?? requirement.candidates[0];
        return (
          <li key={requirement.from} className="flex min-h-[60px] items-center gap-3 bg-surface px-4 py-2.5">
            <Avatar small name={face?.name ?? '?'} />
            <div className="min-w-0 flex-1">
              <p className="text-control font-medium">
                {requirement.label}
                {requirement.count > 1 && (
                  <span className="font-normal text-ink-3">
                    {' '}
                    {requirement.met} of {requirement.count}
                  </span>
                )}
              </p>
              <p className="text-body text-ink-3">{who(requirement, pending)}</p>
            </div>
            {done ? (
              <Check aria-hidden className="size-5 shrink-0 text-emerald-icon" />
            ) : (
              <CircleDashed aria-hidden className="size-5 shrink-0 text-accent-ink" />
            )}
          </li>
        );
      })}
    </ul>
  );
}

function who({ filledBy, candidates, youCan, met, count }: RequirementDetail, pending: boolean): string {
  const has = filledBy.length > 0 ? `${names(filledBy)} approved` : '';
  if (met >= count) return has;
  if (!pending) return has || 'Nobody approved';
  const others = candidates.length - (youCan ? 1 : 0);
  const can = youCan
    ? others > 0
      ? `You can fill this, or ${others} other${others === 1 ? '' : 's'}`
      : 'Only you can fill this'
    : candidates.length > 0
      ? `Waits for ${names(candidates.slice(0, 3), 'or')}${candidates.length > 3 ? ` or ${candidates.length - 3} more` : ''}`
      : 'Nobody can fill this right now';
  return has ? `${has} · ${can}` : can;
}

function names(people: { name: string }[], word: 'and' | 'or' = 'and'): string {
  const type = word === 'and' ? 'conjunction' : 'disjunction';
  return new Intl.ListFormat('en', { type }).format(people.map((person) => person.name));
}
