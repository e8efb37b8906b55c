import { appendEvent, type EventDraft } from '@/lib/audit/append-event';
import type { Context } from '@/lib/kernel/context';
import { newId, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { membershipsOf } from './queries';

/** A session began, and how, or was ended by its person. */
export type SessionChange =
  | { type: 'session.opened'; method: 'email' | 'oidc' | 'demo' | 'setup' }
  | { type: 'session.ended' };

/** Says in the record of each of a person's orgs that they signed in or out, and from where. */
export async function recordSession(
  email: string,
  { type, ...how }: SessionChange,
  origin: Context['origin'],
): Promise<void> {
  for (const { org, memberId } of await membershipsOf(email)) {
    const actor: Context['actor'] = { kind: 'member', id: memberId, via: 'web' };
    const ctx: Context = { org, actor, permissions: new Set(), requestId: newId(), origin, now: new Date() };
    const subject = { type: 'member', id: toWire('mem', memberId) };
    const event: EventDraft = { type, subject, ...('method' in how && { detail: { method: how.method } }) };
    await transact(ctx, (open) => appendEvent(open, event));
  }
}
