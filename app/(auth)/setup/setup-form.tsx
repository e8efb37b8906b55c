'use client';

import { useActionState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field, Input } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { createOrg } from './actions';

export function SetupForm({ token }: { token: string }) {
  const [state, action, busy] = useActionState(createOrg, {
    problem: null,
    token,
    org: '',
    name: '',
    email: '',
  });
  return (
    <Card className="p-5">
      <form action={action} className="flex flex-col gap-4">
        {state.problem && <Notice urgent tone="red" title={state.problem} />}
        <Field id="token" label="Setup token" hint="Countersign printed it when it started.">
          <Input
            id="token"
            name="token"
            required
            autoComplete="off"
            defaultValue={state.token}
            aria-describedby="token-note"
            className="font-mono"
          />
        </Field>
        <Field id="org" label="Name of your org">
          <Input
            id="org"
            name="org"
            required
            maxLength={120}
            autoComplete="organization"
            defaultValue={state.org}
          />
        </Field>
        <Field id="name" label="Your name">
          <Input
            id="name"
            name="name"
            required
            maxLength={120}
            autoComplete="name"
            defaultValue={state.name}
          />
        </Field>
        <Field id="email" label="Your e-mail">
          <Input
            id="email"
            name="email"
            type="email"
            required
            maxLength={320}
            autoComplete="email"
            defaultValue={state.email}
          />
        </Field>
        <Button type="submit" look="primary" size="large" disabled={busy}>
          Create the org
        </Button>
      </form>
    </Card>
  );
}
