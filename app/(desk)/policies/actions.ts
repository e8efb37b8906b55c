'use server';

import { revalidatePath } from 'next/cache';
import { headers } from 'next/headers';
import type { PolicyCheck, PolicyProblem, PolicyPublished } from '@/components/policies/policy-text';
import { AppError } from '@/lib/kernel/errors';
import { parsePolicy } from '@/lib/policy/parse-policy';
import { publishPolicy } from '@/lib/policy/publish-policy';
import { requireSameOrigin } from '@/lib/web/same-origin';
import { requireMember } from '@/lib/web/session';

/** Whether the text can be read as a policy; if not, where it fails. Changes nothing. */
export async function checkPolicy(source: unknown): Promise<PolicyCheck> {
  requireSameOrigin({ headers: await headers() });
  await requireMember();
  try {
    parsePolicy(String(source));
    return { ok: true };
  } catch (error) {
    if (error instanceof AppError) return { ok: false, errors: problemsOf(error) };
    throw error;
  }
}

/** Publishes the next version after `baseVersion`, or says why not. The verb checks the permission. */
export async function publishPolicyAction(
  name: unknown,
  baseVersion: unknown,
  source: unknown,
  note: unknown,
): Promise<PolicyPublished> {
  requireSameOrigin({ headers: await headers() });
  const ctx = await requireMember();
  const input = {
    name: String(name),
    baseVersion: Number(baseVersion),
    source: String(source),
    note: String(note).slice(0, 500),
  };
  try {
    const { version } = await publishPolicy(ctx, input);
    revalidatePath('/policies', 'layout');
    return { ok: true, version };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const message =
      error.code === 'conflict' ? `Someone published meanwhile: ${error.message}` : error.message;
    return { ok: false, message, errors: error.code === 'unprocessable' ? problemsOf(error) : [] };
  }
}

function problemsOf(error: AppError): PolicyProblem[] {
  const errors = error.details.errors ?? [];
  if (errors.length === 0) return [{ line: 1, column: 1, detail: error.message }];
  return errors.map(({ line = 1, column = 1, detail }) => ({ line, column, detail }));
}
