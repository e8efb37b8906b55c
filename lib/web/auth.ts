import { PrismaAdapter } from '@auth/prisma-adapter';
import type { NextRequest } from 'next/server';
import NextAuth, { type NextAuthConfig } from 'next-auth';
import type { Adapter } from 'next-auth/adapters';
import { membershipsOf } from '@/lib/identity/queries';
import { recordSession } from '@/lib/identity/record-session';
import { database } from '@/lib/kernel/database';
import { env } from '@/lib/kernel/env';
import { callerOrigin } from './caller-origin';
import { ownOrigin } from './same-origin';
import { isSecure, returnCookieName, sessionCookieName, sessionDays } from './sessions';
import { linkMinutes, sendSignInLink } from './sign-in-link';

/** next-auth with our tables under the role that alone may touch them. Settings are read when first asked. */
export const { handlers, auth, signIn } = NextAuth(() => config());

/**
 * Lets next-auth answer a request under the address at which browsers know us. It believes the address it is given,
 * and the one that Next makes up (localhost, without https behind a proxy) would end in its redirects.
 */
export function answerAuth(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const nextUrl = new URL(`${pathname}${search}`, ownOrigin(request));
  const own = Object.assign(new Request(nextUrl, request), { nextUrl });
  // Of Next's own request it reads nothing but `nextUrl`.
  const given = own as unknown as NextRequest;
  return request.method === 'POST' ? handlers.POST(given) : handlers.GET(given);
}

function config(): NextAuthConfig {
  const cookie = { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure() } as const;
  return {
    // The client is generated into our tree; the adapter only knows the package's own type.
    adapter: PrismaAdapter(database('auth') as unknown as Parameters<typeof PrismaAdapter>[0]) as Adapter,
    secret: env().secrets.authSecret,
    trustHost: true,
    // One line each: what strangers send to these routes is no reason for a stack in the operator's log.
    logger: { error: ({ name }) => console.warn(`sign-in refused: ${name}`) },
    session: { strategy: 'database', maxAge: sessionDays * 86_400 },
    pages: { signIn: '/sign-in', error: '/sign-in', verifyRequest: '/sign-in/check' },
    cookies: {
      sessionToken: { name: sessionCookieName(), options: cookie },
      callbackUrl: { name: returnCookieName(), options: cookie },
    },
    providers: [emailProvider(), ...oidc()],
    callbacks: {
      signIn: async ({ user, account, profile }) => {
        if (account?.provider === 'oidc' && profile?.email_verified !== true) return false;
        return (await membershipsOf(user.email ?? '')).length > 0;
      },
      // A new object: the one given carries the session's token and the user's columns.
      session: ({ session, user }) => ({ expires: session.expires, user: { email: user.email } }),
    },
    events: {
      signIn: async ({ user, account }) => {
        const method = account?.provider === 'oidc' ? 'oidc' : 'email';
        if (user.email)
          await recordSession(user.email, { type: 'session.opened', method }, await callerOrigin());
      },
      signOut: async (ended) => {
        const id = 'session' in ended ? ended.session?.userId : undefined;
        const user =
          id && (await database('auth').user.findUnique({ where: { id }, select: { email: true } }));
        if (user) await recordSession(user.email, { type: 'session.ended' }, await callerOrigin());
      },
    },
  };
}

function emailProvider(): NextAuthConfig['providers'][number] {
  return {
    id: 'email',
    type: 'email',
    name: 'E-mail',
    from: env().MAIL_FROM,
    maxAge: linkMinutes * 60,
    options: {},
    sendVerificationRequest: ({ identifier, url }) => sendSignInLink(identifier, url),
  };
}

function oidc(): NextAuthConfig['providers'] {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME } = env();
  if (!OIDC_ISSUER || !OIDC_CLIENT_ID) return [];
  return [
    {
      id: 'oidc',
      type: 'oidc',
      name: OIDC_NAME,
      issuer: OIDC_ISSUER,
      clientId: OIDC_CLIENT_ID,
      clientSecret: OIDC_CLIENT_SECRET,
      checks: ['pkce', 'state', 'nonce'],
      // The address comes from the userinfo endpoint: an ID token need not carry it (OpenID Connect Core § 5.4).
      idToken: false,
      authorization: { params: { scope: 'openid email profile' } },
      // The operator chose this issuer and it vouches for the address, so it is the person that address signed in before.
      allowDangerousEmailAccountLinking: true,
    },
  ];
}
