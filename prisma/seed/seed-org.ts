import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { addMember } from '@/lib/identity/add-member';
import { addGroupMember } from '@/lib/identity/change-group';
import { createAgent } from '@/lib/identity/create-agent';
import { createApiKey } from '@/lib/identity/create-api-key';
import { createGroup } from '@/lib/identity/create-group';
import { createFirstOrg } from '@/lib/identity/create-org';
import { permissionsOfRole, permissionsOfScopes } from '@/lib/identity/rules/permissions';
import type { Context } from '@/lib/kernel/context';
import { env } from '@/lib/kernel/env';
import { newId } from '@/lib/kernel/ids';
import { publishPolicy } from '@/lib/policy/publish-policy';
import { agents, groups, people } from './cast';

export type Demo = {
  url: string;
  agents: { name: string; key: string }[];
  people: { name: string; email: string; roles: string[]; groups: string[] }[];
};

/** Everyone of the demo org, able to act: a person's context by address, an agent's by name. */
export type Cast = { demo: Demo; person: (email: string) => Context; agent: (name: string) => Context };

/** The org, its people and groups, agents with a key each, and the policy in force. */
export async function seedOrg(): Promise<Cast> {
  const [owner] = people;
  if (!owner) throw new Error('the demo needs an owner');
  const { org, ownerId } = await createFirstOrg(newId(), {
    org: 'Northwind',
    name: owner.name,
    email: owner.email,
  });
  const memberIds = new Map([[owner.email, ownerId]]);
  const person = (email: string): Context => ({
    org,
    actor: { kind: 'member', id: memberIds.get(email) ?? '', via: 'seed' },
    permissions: permissionsOfRole(people.find((each) => each.email === email)?.role ?? ''),
    requestId: newId(),
    now: new Date(),
  });
  const admin = person(owner.email);
  for (const { name, email, role } of people.slice(1))
    memberIds.set(email, (await addMember(admin, { name, email, role })).id);
  for (const group of groups) await createGroup(admin, group);
  for (const { email, groups: own } of people) {
    for (const group of own) await addGroupMember(admin, { group, memberId: memberIds.get(email) ?? '' });
  }
  const keyed = await seedAgents(admin, memberIds);
  const source = await readFile(path.join(process.cwd(), 'lib/policy/templates/northwind.yaml'), 'utf8');
  await publishPolicy(admin, { name: 'northwind', baseVersion: 0, source, note: 'First version' });
  const demo = {
    url: env().COUNTERSIGN_URL,
    agents: keyed.map(({ name, key }) => ({ name, key })),
    people: people.map(({ name, email, role, groups: own }) => ({ name, email, roles: [role], groups: own })),
  };
  return {
    demo,
    person,
    agent: (name) =>
      contextOfAgent(
        org,
        keyed.find((each) => each.name === name),
      ),
  };
}

type Keyed = { name: string; key: string; id: string; keyId: string };

async function seedAgents(admin: Context, memberIds: Map<string, string>): Promise<Keyed[]> {
  const keyed: Keyed[] = [];
  for (const { name, owner, labels } of agents) {
    const { id } = await createAgent(admin, { name, ownerId: memberIds.get(owner) ?? '', labels });
    const { id: keyId, key } = await createApiKey(admin, { agentId: id });
    keyed.push({ name, key, id, keyId });
  }
  return keyed;
}

function contextOfAgent(org: string, agent: Keyed | undefined): Context {
  if (!agent) throw new Error('no such agent in the demo');
  const { id, keyId } = agent;
  return {
    org,
    actor: { kind: 'agent', id, via: 'api', keyId, environment: 'production', initiator: null },
    permissions: permissionsOfScopes(['requests']),
    requestId: newId(),
    now: new Date(),
  };
}
