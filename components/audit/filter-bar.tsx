'use client';

import { cx } from 'class-variance-authority';
import { ListFilter, Search } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { Button, buttonLook } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import type { FilterChoices } from '@/lib/audit/schema';
import { auditAddress, type FilterTexts, filtersOf } from './filter-address';

type FilterBarProps = { filters: FilterTexts; choices: FilterChoices };

/** What the record is searched by; the address carries it, so a search can be kept and sent. */
export function FilterBar({ filters, choices }: FilterBarProps) {
  const router = useRouter();
  const [shown, setShown] = useState(false);
  const input = (name: keyof FilterTexts, label: string, placeholder: string) => (
    <Field id={`audit-${name}`} label={label}>
      <Input
        compact
        id={`audit-${name}`}
        name={name}
        defaultValue={filters[name]}
        placeholder={placeholder}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
      />
    </Field>
  );
  return (
    <search className="no-print border-b bg-surface px-4 py-3 sm:px-6">
      <Button
        className="md:hidden"
        aria-expanded={shown}
        aria-controls="audit-filters"
        onClick={() => setShown(!shown)}
      >
        <ListFilter aria-hidden /> Filters
        {Object.keys(filters).length > 0 && ` (${Object.keys(filters).length})`}
      </Button>
      <form
        id="audit-filters"
        aria-label="Filter the record"
        className={cx(
          !shown && 'max-md:hidden',
          shown && 'max-md:mt-3',
          'grid grid-cols-2 items-end gap-x-3 gap-y-2.5 md:grid-cols-4 xl:grid-cols-6',
        )}
        onSubmit={(event) => {
          event.preventDefault();
          router.push(auditAddress(filtersOf(Object.fromEntries(new FormData(event.currentTarget)))));
        }}
      >
        <Day name="from" label="From (UTC day)" value={filters.from} />
        <Day name="to" label="To (UTC day)" value={filters.to} />
        <Choice name="type" label="Event" unset="Any event" value={filters.type}>
          {choices.types.map(({ type, text }) => (
            <option key={type} value={type}>
              {text} ({type})
            </option>
          ))}
        </Choice>
        <Choice name="actor" label="Who" unset="Anyone" value={filters.actor}>
          <Named choices={choices.actors} />
        </Choice>
        <Choice name="agent" label="Agent" unset="Any agent" value={filters.agent}>
          <Named choices={choices.agents} />
        </Choice>
        {input('action', 'Action', 'payment.*')}
        {input('run', 'Run', 'Run id')}
        {input('request', 'Request', 'req_…')}
        {input('status', 'Status', 'approved')}
        <div className="flex gap-2 max-md:col-span-2">
          <Button type="submit" look="primary">
            <Search aria-hidden /> Search
          </Button>
          {Object.keys(filters).length > 0 && (
            <Link href="/audit" className={buttonLook({ look: 'quiet' })}>
              Clear
            </Link>
          )}
        </div>
      </form>
    </search>
  );
}

function Named({ choices }: { choices: { id: string; name: string }[] }) {
  return choices.map(({ id, name }) => (
    <option key={id} value={id}>
      {name}
    </option>
  ));
}

function Day({ name, label, value }: { name: string; label: string; value?: string }) {
  return (
    <Field id={`audit-${name}`} label={label}>
      <Input compact id={`audit-${name}`} name={name} type="date" defaultValue={value?.slice(0, 10)} />
    </Field>
  );
}

type ChoiceProps = { name: string; label: string; unset: string; value?: string; children: ReactNode };

function Choice({ name, label, unset, value, children }: ChoiceProps) {
  return (
    <Field id={`audit-${name}`} label={label}>
      <select
        id={`audit-${name}`}
        name={name}
        defaultValue={value ?? ''}
        className="h-8 w-full min-w-0 rounded-control border border-field bg-surface px-2 text-control text-ink"
      >
        <option value="">{unset}</option>
        {children}
      </select>
    </Field>
  );
}
