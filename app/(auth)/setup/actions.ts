'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { AppError } from '@/lib/kernel/errors';
import { requireSameOrigin } from '@/lib/web/same-origin';
import { completeSetup } from '@/lib/web/setup';

export type SetupState = { problem: string | null; token: string; org: string; name: string; email: string };

/** Makes the first org and signs its owner in; the token shows that the operator asks. */
export async function createOrg(_: SetupState, form: FormData): Promise<SetupState> {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const input = { token: text('token'), org: text('org'), name: text('name'), email: text('email') };
  try {
    requireSameOrigin({ headers: await headers() });
    await completeSetup(input);
  } catch (error) {
    if (error instanceof AppError) return { ...input, problem: error.message };
    throw error;
  }
  redirect('/inbox');
}
