import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { membershipsOf, type PersonView, whoAmI } from '@/lib/identity/queries';
import { permissionsOfRole } from '@/lib/identity/rules/permissions';
import type { Context } from '@/lib/kernel/context';
import { env } from '@/lib/kernel/env';
import { newId } from '@/lib/kernel/ids';
import { auth } from './auth';
import { callerOrigin } from './caller-origin';

type SignedIn = { ctx: Context; person: PersonView };

/** The signed-in member, read anew for every request: suspended or removed means signed out. */
const signedIn = cache(async (): Promise<SignedIn | null> => {
  const session = await auth();
  const email = session?.user?.email;
  if (!email) return null;
  const memberships = await membershipsOf(email);
  const wanted = (await cookies()).get('countersign.org')?.value;
  const membership = memberships.find((each) => each.org === wanted) ?? memberships[0];
  if (!membership) return null;
  const bare: Context = {
    org: membership.org,
    actor: { kind: 'member', id: membership.memberId, via: 'web' },
    permissions: new Set(),
    requestId: newId(),
    origin: await callerOrigin(),
    now: new Date(),
  };
  const person = await whoAmI(bare);
  return person && { ctx: { ...bare, permissions: permissionsOfRole(person.role) }, person };
});

/** The member's context, or null when nobody is signed in. */
export async function memberContext(): Promise<Context | null> {
  return (await signedIn())?.ctx ?? null;
}

/** The member's context; sends anyone else to sign in. */
export async function requireMember(): Promise<Context> {
  const ctx = await memberContext();
  if (!ctx) redirect('/sign-in');
  return ctx;
}

/** Who is signed in, for the shell; null when nobody is. */
export async function currentPerson() {
  const found = await signedIn();
  if (!found) return null;
  return { ...found.person, demo: env().embedded };
}
