import { database } from '@/lib/kernel/database';
import { env } from '@/lib/kernel/env';
import { singleton } from '@/lib/kernel/singleton';
import { onWake } from '@/lib/kernel/wake';
import { parseApiKey, secretMatches } from './rules/api-key';

export type FoundKey = {
  org: string;
  id: string;
  agentId: string;
  environment: string;
  scopes: string[];
  initiator: string | null;
};

type Row = Omit<FoundKey, 'org'> & { orgId: string; secretHash: Uint8Array; revoked: boolean };
type Cached = { row: Row | null; until: number };

/**
 * How long a key is believed without asking again. Revocation also arrives by wake, and every verb of the agents'
 * API asks again in its own transaction (`requireLiveKey`; an ask reads its key with the policy).
 */
const believedMilliseconds = 1000;

/** The live key of this text, or null: mistyped, unknown, revoked and wrong all look alike. */
export async function findApiKey(text: string): Promise<FoundKey | null> {
  const parts = parseApiKey(text);
  if (!parts) return null;
  const row = await lookUp(parts.publicId);
  // An unknown id costs the same comparison as a wrong secret.
  const matches = secretMatches(
    env().secrets.apiKeyPepper,
    parts.secret,
    row?.secretHash ?? new Uint8Array(32),
  );
  if (!row || !matches || row.revoked) return null;
  const { orgId, id, agentId, environment, scopes, initiator } = row;
  return { org: orgId, id, agentId, environment, scopes, initiator };
}

async function lookUp(publicId: string): Promise<Row | null> {
  const cache = keyCache();
  const known = cache.get(publicId);
  if (known && known.until > Date.now()) return known.row;
  const [row] = await database('app').$queryRaw<Row[]>`
    SELECT org_id AS "orgId", id, agent_id AS "agentId", secret_hash AS "secretHash", environment, scopes, initiator,
           revoked FROM find_api_key(${publicId})`;
  if (cache.size > 10_000) cache.clear();
  cache.set(publicId, { row: row ?? null, until: Date.now() + believedMilliseconds });
  return row ?? null;
}

function keyCache(): Map<string, Cached> {
  return singleton('identity.keys', () => {
    const cache = new Map<string, Cached>();
    onWake((wake) => (wake === null || wake.topic === 'key') && cache.clear());
    return cache;
  });
}
