import { randomBytes } from 'node:crypto';
import { cookies } from 'next/headers';
import { recordSession } from '@/lib/identity/record-session';
import { database } from '@/lib/kernel/database';
import { env } from '@/lib/kernel/env';
import { callerOrigin } from './caller-origin';

export const sessionDays = 7;

/** Whether browsers reach us by https, and so cookies are bound to it. */
export function isSecure(): boolean {
  return env().COUNTERSIGN_URL.startsWith('https:');
}

export function sessionCookieName(): string {
  return isSecure() ? '__Host-countersign.session' : 'countersign.session';
}

/** Where next-auth keeps the page to return to. */
export function returnCookieName(): string {
  return isSecure() ? '__Host-countersign.return' : 'countersign.return';
}

/** Signs a verified address in: a fresh session row and its cookie, never a reused one. Says so in the record. */
export async function openSession(email: string, method: 'demo' | 'setup'): Promise<void> {
  const db = database('auth');
  // Not an upsert: two first sign-ins at once would both insert.
  await db.user.createMany({ data: { email, emailVerified: new Date() }, skipDuplicates: true });
  const user = await db.user.findUniqueOrThrow({ where: { email }, select: { id: true } });
  const sessionToken = randomBytes(32).toString('base64url');
  const expires = new Date(Date.now() + sessionDays * 86_400_000);
  await db.session.create({ data: { sessionToken, userId: user.id, expires } });
  const jar = await cookies();
  jar.set(sessionCookieName(), sessionToken, {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure: isSecure(),
    expires,
  });
  await recordSession(email, { type: 'session.opened', method }, await callerOrigin());
}

/** The token of the session that the request being answered came with. */
export async function sessionToken(): Promise<string | null> {
  return (await cookies()).get(sessionCookieName())?.value ?? null;
}

/** Whether a session still stands: signing out deletes its row. */
export async function sessionStands(token: string): Promise<boolean> {
  const row = await database('auth').session.findUnique({
    where: { sessionToken: token },
    select: { expires: true },
  });
  return row !== null && row.expires > new Date();
}
