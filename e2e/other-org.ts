import { randomBytes, randomUUID } from 'node:crypto';
import { hashSecret, writeApiKey } from '@/lib/identity/rules/api-key';
import { unique } from './asks';
import { query, readSecrets, withClient } from './database';

export type OtherOrg = { email: string; sessionToken: string; key: string };

/**
 * A second organisation with an owner who is signed in and an agent with a key. No verb makes a second one on the
 * demo, so its rows are written as the app's role, under row-level security of its own.
 */
export async function makeOtherOrg(): Promise<OtherOrg> {
  const [org, member, agent] = [randomUUID(), randomUUID(), randomUUID()];
  const email = `owner-${unique()}@globex.test`;
  const { publicId, secret, text } = newKey();
  const pepper = String(readSecrets().apiKeyPepper);
  await withClient('app', undefined, async (client) => {
    await client.query('BEGIN');
    await client.query("SELECT set_config('app.org_id', $1, true)", [org]);
    await client.query("INSERT INTO orgs (id, name, created_at) VALUES ($1, 'Globex', now())", [org]);
    await client.query(
      "INSERT INTO members (org_id, id, email, name, role, status, created_at) VALUES ($1, $2, $3, 'Gil Globex', 'owner', 'active', now())",
      [org, member, email],
    );
    await client.query(
      "INSERT INTO agents (org_id, id, name, owner_id, labels, created_at) VALUES ($1, $2, 'globex-bot', $3, '{}', now())",
      [org, agent, member],
    );
    await client.query(
      `INSERT INTO api_keys (org_id, id, agent_id, public_id, secret_hash, environment, scopes, created_at)
       VALUES ($1, $2, $3, $4, $5, 'production', ARRAY['requests', 'policy.write', 'audit.read'], now())`,
      [org, randomUUID(), agent, publicId, hashSecret(pepper, secret)],
    );
    await client.query('COMMIT');
  });
  return { email, sessionToken: await openSession(email), key: text };
}

async function openSession(email: string): Promise<string> {
  const [user, token] = [randomUUID(), randomBytes(32).toString('base64url')];
  await query('auth', 'INSERT INTO users (id, email, email_verified) VALUES ($1, $2, now())', [user, email]);
  await query(
    'auth',
    "INSERT INTO sessions (session_token, user_id, expires) VALUES ($1, $2, now() + interval '1 day')",
    [token, user],
  );
  return token;
}

function newKey(): { publicId: string; secret: string; text: string } {
  const digits = randomBytes(64).toString('hex');
  const parts = { publicId: digits.slice(0, 12), secret: digits.slice(12, 55) };
  return { ...parts, text: writeApiKey(parts) };
}
