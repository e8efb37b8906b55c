import { Client, type QueryResultRow } from 'pg';
import { submitRequest } from '@/lib/approvals/submit-request';
import { appendEvent } from '@/lib/audit/append-event';
import { addMember } from '@/lib/identity/add-member';
import { addGroupMember } from '@/lib/identity/change-group';
import { createAgent } from '@/lib/identity/create-agent';
import { createApiKey } from '@/lib/identity/create-api-key';
import { createGroup } from '@/lib/identity/create-group';
import { permissionsOfRole, permissionsOfScopes } from '@/lib/identity/rules/permissions';
import type { Context } from '@/lib/kernel/context';
import { newId, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { publishPolicy } from '@/lib/policy/publish-policy';
import type { AgentRequestView } from '../agent-view';
import type { AuthorizeBody } from '../schema';

/** An org of a test's own. People are named in one word; `olga` owns the org and is in no group. */
export type TestOrg = {
  id: string;
  admin: Context;
  memberId: (name: string) => string;
  person: (name: string) => Context;
  agentId: string;
  keyId: string;
  /** The agent's key as it would send it. */
  key: string;
  agent: Context;
  publish: (source: string, name?: string) => Promise<void>;
  ask: (body?: Partial<AuthorizeBody>) => Promise<AgentRequestView>;
};

type Wanted = { policy?: string | null; groups?: Record<string, readonly string[]> };

const usualGroups = {
  finance: ['fay', 'finn', 'flo'],
  leads: ['flo', 'leo'],
  security: ['sam', 'sue'],
};

/** A new org made by the verbs; `agata` (in finance) owns its agent. `policy` null publishes nothing. */
export async function makeOrg({ policy = usualPolicy, groups = usualGroups }: Wanted = {}): Promise<TestOrg> {
  const org = newId();
  const ownerId = await insertOrg(org);
  const ids = new Map([['olga', ownerId]]);
  const memberId = (name: string) => ids.get(name) ?? '';
  const person = (name: string): Context =>
    contextOf(org, { kind: 'member', id: memberId(name), via: 'web' }, name === 'olga' ? 'owner' : 'member');
  const admin = person('olga');
  for (const [slug, names] of Object.entries({
    leads: [],
    security: [],
    ...groups,
    finance: ['agata', ...(groups.finance ?? [])],
  })) {
    await createGroup(admin, { slug, name: slug });
    for (const name of names) {
      if (!ids.has(name)) ids.set(name, (await addMember(admin, newMember(name))).id);
      await addGroupMember(admin, { group: slug, memberId: memberId(name) });
    }
  }
  const { id: agentId } = await createAgent(admin, { name: 'clerk', ownerId: memberId('agata') });
  const { id: keyId, key } = await createApiKey(admin, { agentId });
  const agent = agentContext(org, agentId, keyId);
  const versions = new Map<string, number>();
  const publish = async (source: string, name = 'main') => {
    const { version } = await publishPolicy(admin, {
      name,
      baseVersion: versions.get(name) ?? 0,
      source,
      note: '',
    });
    versions.set(name, version);
  };
  if (policy !== null) await publish(policy);
  const ask = async (body: Partial<AuthorizeBody> = {}): Promise<AgentRequestView> => {
    const answer = await submitRequest(agent, payment(body), null);
    return JSON.parse(answer.body); // written by the verb just called
  };
  return { id: org, admin, memberId, person, agentId, keyId, key, agent, publish, ask };
}

/** An agent's context for a key of production without a bound initiator, unless told otherwise. */
export function agentContext(
  org: string,
  agentId: string,
  keyId: string,
  more: Partial<AgentActor> = {},
): Context {
  const actor: AgentActor = {
    kind: 'agent',
    id: agentId,
    via: 'api',
    keyId,
    environment: 'production',
    initiator: null,
    ...more,
  };
  return { ...contextOf(org, actor, ''), permissions: permissionsOfScopes(['requests']) };
}

type AgentActor = Extract<Context['actor'], { kind: 'agent' }>;

/** A payment that one of finance decides; distinct by default, so that no two are one ask. */
export function payment(body: Partial<AuthorizeBody> = {}): AuthorizeBody {
  return { action: 'payment.send', payload: { amount: 80, to: 'DE89', note: newId() }, ...body };
}

/** Rows and clocks are moved by the superuser with triggers off: tests move the data, not the clock. */
export function moveData(sql: string, values: unknown[] = []): Promise<QueryResultRow[]> {
  return withConnection(process.env.TEST_SUPERUSER_DATABASE_URL ?? '', async (client) => {
    await client.query('SET session_replication_role = replica');
    return (await client.query(sql, values)).rows;
  });
}

/** What the superuser sees. */
export function look<Row extends QueryResultRow = QueryResultRow>(
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return withConnection(process.env.TEST_SUPERUSER_DATABASE_URL ?? '', async (client) => {
    return (await client.query<Row>(sql, values)).rows;
  });
}

export async function withConnection<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, options: '-c TimeZone=UTC' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The events about a request, given by wire id, in the order of the record. */
export async function eventsOf(org: string, wireId: string): Promise<string[]> {
  const rows = await look<{ type: string }>(
    'SELECT type FROM audit_events WHERE org_id = $1 AND subject_id = $2 ORDER BY at, event_id',
    [org, wireId],
  );
  return rows.map((row) => row.type);
}

function contextOf(org: string, actor: Context['actor'], role: string): Context {
  return { org, actor, permissions: permissionsOfRole(role), requestId: newId(), now: new Date() };
}

function newMember(name: string) {
  return { name, email: `${name}@acme.test`, role: 'member' as const };
}

/** The verb makes only an installation's first org: this is what it writes, as the app's role under the org's own id. */
function insertOrg(org: string): Promise<string> {
  const ownerId = newId();
  return transact(contextOf(org, { kind: 'system', id: 'system', via: 'setup' }, ''), async (open) => {
    await open.db.org.create({ data: { id: org, name: 'Acme', createdAt: open.now } });
    await open.db.member.create({
      data: {
        orgId: org,
        id: ownerId,
        email: 'olga@acme.test',
        name: 'olga',
        role: 'owner',
        status: 'active',
        createdAt: open.now,
      },
    });
    await open.db.group.create({
      data: { orgId: org, id: newId(), slug: 'approvers', name: 'Approvers', createdAt: open.now },
    });
    await appendEvent(open, { type: 'org.created', subject: { type: 'org', id: toWire('org', org) } });
    return ownerId;
  });
}

/** Up to 1,000 one of finance, above it two at high risk; keys are critical; reading is free; secrets are refused. */
export const usualPolicy = `
version: 1
name: Acme
default: deny
rules:
  - id: reading
    action: crm.read
    outcome: allow
    reason: Reading changes nothing
  - id: sure
    action: refund.create
    when: { signals.trusted: true }
    outcome: allow
    reason: A trusted signal
  - id: small
    action: payment.send
    when: { payload.amount: { lte: 1000 } }
    outcome: require_approval
    risk: medium
    approvals: [{ from: group:finance, count: 1 }]
    sla: 1h
    expires: 24h
    editable: [payload.amount, payload.note]
    reason: Small payments need one of finance
  - id: large
    action: payment.send
    when: { payload.amount: { gt: 1000 } }
    outcome: require_approval
    risk: high
    approvals: [{ from: group:finance, count: 2 }]
    sla: 1h
    expires: 24h
    editable: [payload.amount, payload.note]
    reason: Large payments need two of finance
  - id: huge
    action: payment.send
    when: { payload.amount: { gt: 100000 } }
    outcome: deny
    reason: Nobody pays that much at once
  - id: two-teams
    action: contract.sign
    outcome: require_approval
    risk: high
    approvals: [{ from: group:finance, count: 1 }, { from: group:leads, count: 1 }]
    reason: Finance and a lead
  - id: key
    action: key.revoke
    outcome: require_approval
    risk: critical
    approvals: [{ from: group:security, count: 2 }]
    editable: []
    reason: Two of security
  - id: secrets
    action: secrets.read
    outcome: deny
    reason: Never
`;
