/** As much of the package as the journeys use; it brings no types of its own. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  type Account = { accountId: string; claims: () => Record<string, string | boolean> };
  type Client = { client_id: string; client_secret: string; redirect_uris: string[] };
  type Configuration = {
    clients: Client[];
    claims: Record<string, string[]>;
    pkce: { required: () => boolean };
    cookies: { keys: string[] };
    findAccount: (context: unknown, login: string) => Account;
    conformIdTokenClaims?: boolean;
  };
  const Provider: new (issuer: string, configuration: Configuration) => { callback: () => RequestListener };
  export default Provider;
}
