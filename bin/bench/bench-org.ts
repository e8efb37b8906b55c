import { addMember } from '@/lib/identity/add-member';
import { addGroupMember } from '@/lib/identity/change-group';
import { createAgent } from '@/lib/identity/create-agent';
import { createApiKey } from '@/lib/identity/create-api-key';
import { createFirstOrg } from '@/lib/identity/create-org';
import { permissionsOfRole, permissionsOfScopes } from '@/lib/identity/rules/permissions';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { publishPolicy } from '@/lib/policy/publish-policy';

/** An agent that can ask in this process by its context and over HTTP by its key. */
export type BenchAgent = { ctx: Context; key: string };
export type BenchOrg = { agents: BenchAgent[]; approver: Context };

const source = `version: 1
name: Bench
default: deny
rules:
  - id: reading
    action: orders.read
    outcome: allow
    reason: Reading changes nothing
  - id: small-refund
    action: refund.create
    when: { payload.amount: { lt: 50 } }
    outcome: allow
    reason: Small refunds are routine
  - id: refund
    action: refund.create
    when: { payload.amount: { gte: 50 } }
    outcome: require_approval
    approvals: [{ from: group:approvers, count: 1 }]
    sla: 30m
    reason: Larger refunds are looked at
`;

/** The org of a measurement: one approver, and as many agents as asked for (each may have 500 requests waiting). */
export async function makeBenchOrg(agents: number): Promise<BenchOrg> {
  const { org, ownerId } = await createFirstOrg(newId(), {
    org: 'Bench',
    name: 'Owner',
    email: 'owner@bench.test',
  });
  const memberContext = (id: string, role: string): Context => ({
    org,
    actor: { kind: 'member', id, via: 'web' },
    permissions: permissionsOfRole(role),
    requestId: newId(),
    now: new Date(),
  });
  const owner = memberContext(ownerId, 'owner');
  const { id } = await addMember(owner, { name: 'Approver', email: 'approver@bench.test', role: 'member' });
  await addGroupMember(owner, { group: 'approvers', memberId: id });
  await publishPolicy(owner, { name: 'bench', baseVersion: 0, source, note: 'First version' });
  const made: BenchAgent[] = [];
  for (let number = 0; number < agents; number++) made.push(await makeAgent(owner, ownerId, number));
  return { agents: made, approver: memberContext(id, 'member') };
}

async function makeAgent(owner: Context, ownerId: string, number: number): Promise<BenchAgent> {
  const { id } = await createAgent(owner, { name: `agent-${number}`, ownerId, labels: {} });
  const { id: keyId, key } = await createApiKey(owner, { agentId: id });
  const actor = { kind: 'agent', id, via: 'api', keyId, environment: 'production', initiator: null } as const;
  const { org } = owner;
  return {
    key,
    ctx: { org, actor, permissions: permissionsOfScopes(['requests']), requestId: newId(), now: new Date() },
  };
}
