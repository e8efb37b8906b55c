import type { Context, Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { type PublishedPolicies, publishedPolicies } from '@/lib/policy/published-policies';
import type { CallingAgent } from './plan-request';

/** What a batch of asks is judged by, read in its own transaction: no revoked key or old policy slips through. */
export type Standing = { stopped: boolean; policies: PublishedPolicies; agents: Map<string, CallingAgent> };

type KeyRow = {
  keyId: string;
  environment: string;
  initiator: string | null;
  id: string;
  name: string;
  labels: Record<string, string>;
  stopped: boolean;
};

/** The org's switch and policy, and the agent behind each key that is not revoked. */
export async function readStanding(ctx: Transaction, keyIds: readonly string[]): Promise<Standing> {
  const keys = await ctx.db.$queryRaw<(KeyRow & { serial: number; orgStopped: boolean })[]>`
    SELECT k.id AS "keyId", k.environment, k.initiator, a.id, a.name, a.labels, a.stopped_at IS NOT NULL AS stopped,
           o.policy_serial AS serial, o.stopped_at IS NOT NULL AS "orgStopped"
      FROM orgs o JOIN api_keys k ON k.org_id = o.id JOIN agents a ON a.org_id = k.org_id AND a.id = k.agent_id
     WHERE o.id = ${ctx.org}::uuid AND k.id = ANY(${[...new Set(keyIds)]}::uuid[]) AND k.revoked_at IS NULL`;
  const [first] = keys;
  if (!first) throw revoked();
  return {
    stopped: first.orgStopped,
    policies: await publishedPolicies(ctx, first.serial),
    agents: new Map(keys.map((key) => [key.keyId, { ...key, boundInitiator: key.initiator }])),
  };
}

/** The agent that calls. Throws `unauthorized` when its key was revoked meanwhile, `forbidden` for anyone else. */
export function callingAgent(ctx: Context, standing: Standing): CallingAgent {
  if (ctx.actor.kind !== 'agent') throw new AppError('forbidden', 'only an agent asks');
  const agent = standing.agents.get(ctx.actor.keyId);
  if (!agent) throw revoked();
  return agent;
}

export function revoked(): AppError {
  return new AppError('unauthorized', 'this key is revoked');
}
