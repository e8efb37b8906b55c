import type { Prisma } from '@/prisma/generated/client';
import { AppError } from './errors';
import { newId, toWire } from './ids';

/** What a member, agent or auditor may do; `lib/identity/rules/permissions.ts` says which role has which. */
export type Permission =
  | 'request.submit'
  | 'request.read'
  | 'request.decide'
  | 'policy.read'
  | 'policy.write'
  | 'people.read'
  | 'people.write'
  | 'agent.write'
  | 'audit.read'
  | 'audit.reveal';

/** Who acts, by which channel. `id` is the row's UUID; agents carry the key they came with. */
export type Actor =
  | { kind: 'member'; id: string; via: 'web' | 'seed' }
  | { kind: 'agent'; id: string; via: 'api'; keyId: string; environment: string; initiator: string | null }
  | { kind: 'token'; id: string; via: 'api' }
  | { kind: 'system'; id: 'system'; via: 'job' | 'setup' };

/** Everything a verb knows about its caller; doors make it once from a session, key or clock. */
export type Context = {
  org: string;
  actor: Actor;
  permissions: ReadonlySet<Permission>;
  requestId: string;
  /** Address and user agent: personal, so kept in the record's erasable detail only. */
  origin?: { address: string | null; userAgent: string | null };
  now: Date;
};

/** A context inside its transaction: `now` is the database's clock. */
export type Transaction = Context & { db: Prisma.TransactionClient };

/** The system in one org: the clock, the first setup, a tool. It may do nothing but what a verb grants it by name. */
export function systemContext(org: string, via: 'job' | 'setup' = 'job'): Context {
  const actor = { kind: 'system', id: 'system', via } as const;
  return { org, actor, permissions: new Set(), requestId: newId(), now: new Date() };
}

/** Authorisation in the verb. Throws `forbidden` naming the permission that is missing. */
export function requirePermission(ctx: Context, permission: Permission): void {
  if (ctx.permissions.has(permission)) return;
  throw new AppError('forbidden', `this needs the permission ${permission}`);
}

const actorPrefix = { member: 'mem', agent: 'agt', token: 'tok' } as const;

/** The actor's id as the record and the wire show it. */
export function actorWireId(actor: Actor): string {
  return actor.kind === 'system' ? 'system' : toWire(actorPrefix[actor.kind], actor.id);
}
