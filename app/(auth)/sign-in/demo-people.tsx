'use client';

import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import { roleWords } from '@/components/desk/role-words';
import { deskPost } from '@/components/requests/desk-call';
import { Avatar } from '@/components/ui/avatar';

type DemoPerson = { name: string; email: string; roles: string[]; groups: string[] };

/** On the embedded demo one signs in as one of its people by a click. */
export function DemoPeople({ people, to }: { people: DemoPerson[]; to: string }) {
  const [problem, setProblem] = useState<string | null>(null);

  async function signIn(email: string) {
    const answer = await deskPost('/api/demo/session', { email });
    if (answer.ok) window.location.assign(to);
    else setProblem(answer.message);
  }

  return (
    <section aria-labelledby="demo-title" className="flex flex-col gap-2">
      <h2 id="demo-title" className="text-body font-semibold text-ink-2">
        Demo <span className="font-normal text-ink-3">be one of Northwind’s people, one click</span>
      </h2>
      <ul className="divide-y overflow-hidden rounded-card border bg-surface shadow-card">
        {people.map((person) => (
          <li key={person.email}>
            <button
              type="button"
              onClick={() => signIn(person.email)}
              className="group flex min-h-14 w-full items-center gap-3 px-4 py-2 text-left outline-offset-[-2px] transition-colors hover:bg-hover"
            >
              <Avatar name={person.name} />
              <span className="min-w-0 flex-1">
                <span className="block text-control font-medium">{person.name}</span>
                <span className="block text-meta text-ink-3">
                  {roleWords({ role: person.roles.join(', '), groups: person.groups })}
                </span>
              </span>
              <ArrowRight
                aria-hidden
                className="size-4 shrink-0 text-ink-3 transition-transform group-hover:translate-x-0.5"
              />
            </button>
          </li>
        ))}
      </ul>
      {problem && (
        <p role="alert" className="text-body text-reject">
          {problem}
        </p>
      )}
    </section>
  );
}
