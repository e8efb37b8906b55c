import { appendEvent } from '@/lib/audit/append-event';
import type { Context } from '@/lib/kernel/context';
import { newId, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { membershipsOf } from './queries';

/** Says in the record of each of a person's orgs that they signed in, and how. */
export async function recordSignIn(
  email: string,
  method: 'email' | 'oidc' | 'demo' | 'setup',
): Promise<void> {
  for (const { org, memberId } of await membershipsOf(email)) {
    const actor: Context['actor'] = { kind: 'member', id: memberId, via: 'web' };
    const ctx: Context = { org, actor, permissions: new Set(), requestId: newId(), now: new Date() };
    const subject = { type: 'member', id: toWire('mem', memberId) };
    await transact(ctx, (open) => appendEvent(open, { type: 'session.opened', subject, detail: { method } }));
  }
}
