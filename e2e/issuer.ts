import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { freePort } from './server';

type Issuer = {
  url: string;
  clientSecret: string;
  /** Registers the desk's callback; call it once the desk's address is known. */
  allowDesk: (url: string) => void;
  stop: () => Promise<void>;
};

/**
 * A real OpenID provider on this machine. Whoever signs in is believed to be the login they type, with a verified
 * address, or with an unverified one after `unverified:`.
 */
export async function startIssuer(): Promise<Issuer> {
  const { default: Provider } = await import('oidc-provider');
  const url = `http://127.0.0.1:${await freePort()}`;
  const clientSecret = randomBytes(24).toString('hex');
  let answer: RequestListener = (_, response) => response.writeHead(503).end();
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), '127.0.0.1', resolve));
  return {
    url,
    clientSecret,
    allowDesk: (desk) => {
      const provider = new Provider(url, {
        clients: [
          {
            client_id: 'countersign',
            client_secret: clientSecret,
            redirect_uris: [`${desk}/api/auth/callback/oidc`],
          },
        ],
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
        pkce: { required: () => true },
        cookies: { keys: [randomBytes(24).toString('hex')] },
        findAccount: (_, login) => ({
          accountId: login,
          claims: () => ({
            sub: login,
            name: login,
            email: login.replace('unverified:', ''),
            email_verified: !login.startsWith('unverified:'),
          }),
        }),
      });
      answer = provider.callback();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
