import { createHash } from 'node:crypto';
import { z } from 'zod';
import { appendEvent } from '@/lib/audit/append-event';
import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { newId, toWire } from '@/lib/kernel/ids';
import { databaseNow, transact } from '@/lib/kernel/transact';
import { notifyWake } from '@/lib/kernel/wake';
import type { PolicyDocument } from './document';
import { parsePolicy } from './parse-policy';

const PublishPolicy = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  baseVersion: z.number().int().min(0),
  source: z.string(),
  note: z.string().max(500),
  agentId: z.string().uuid().optional(),
});
/** `baseVersion` is the version the author edited, 0 for a new document; `agentId` makes it that agent's own. */
export type PublishPolicy = z.infer<typeof PublishPolicy>;

/**
 * Puts a new immutable version in force. Throws `forbidden`, `unprocessable` when it names a group that does not exist,
 * or with line and column when it cannot be read (the version in force stays), `conflict` when someone published meanwhile or nothing changed.
 */
export async function publishPolicy(ctx: Context, input: PublishPolicy): Promise<{ version: number }> {
  requirePermission(ctx, 'policy.write');
  const { name, baseVersion, source, note, agentId } = PublishPolicy.parse(input);
  const document = parsePolicy(source);
  const hash = policyHash(source);
  return transact(ctx, async (opened) => {
    await requireGroups(opened, document);
    const policy = await lockPolicy(opened, name, agentId ?? null);
    // Whoever waited for the lock has the later time, so the record keeps the order they came into force in.
    const open = { ...opened, now: await databaseNow(opened) };
    if (policy.version !== baseVersion) {
      throw new AppError(
        'conflict',
        `version ${policy.version} is in force; you edited version ${baseVersion}`,
      );
    }
    if (policy.hash === hash) throw new AppError('conflict', 'nothing changed');
    const version = policy.version + 1;
    await open.db.policyVersion.create({
      data: {
        orgId: open.org,
        policyId: policy.id,
        version,
        hash,
        source,
        note,
        publishedBy: publisherOf(open),
        publishedAt: open.now,
      },
    });
    await open.db.policy.update({
      where: { orgId_id: { orgId: open.org, id: policy.id } },
      data: { version },
    });
    const { policySerial } = await open.db.org.update({
      where: { id: open.org },
      data: { policySerial: { increment: 1 } },
      select: { policySerial: true },
    });
    await appendEvent(open, {
      type: 'policy.published',
      subject: { type: 'policy', id: toWire('pol', policy.id) },
      detail: { name, title: document.name, version, hash, note, serial: policySerial },
    });
    await notifyWake(open, [{ org: open.org, topic: 'policy', ids: [toWire('pol', policy.id)] }]);
    return { version };
  });
}

/** A group that does not exist would be waited for by requests that nobody can decide. */
async function requireGroups(open: Transaction, { rules, guardrails }: PolicyDocument): Promise<void> {
  const sources = [...rules, ...guardrails]
    .flatMap(({ approvals }) => approvals ?? [])
    .map(({ from }) => from);
  const slugs = sources.flatMap((from) => (from.startsWith('group:') ? [from.slice('group:'.length)] : []));
  const named = [...new Set(slugs)];
  const found = await open.db.group.findMany({
    where: { orgId: open.org, slug: { in: named } },
    select: { slug: true },
  });
  const missing = named.filter((slug) => !found.some((group) => group.slug === slug));
  if (missing.length > 0)
    throw new AppError('unprocessable', `there is no group ${missing.join(', ')} to ask`);
}

/** SHA-256 of the text as it was published, `sha256:<hex>`. */
export function policyHash(source: string): string {
  return `sha256:${createHash('sha256').update(source).digest('hex')}`;
}

type Locked = { id: string; version: number; hash: string | null };

/** The org's row is the lock: versions of all its documents are published one after the other. */
async function lockPolicy(open: Transaction, name: string, agentId: string | null): Promise<Locked> {
  await open.db.$queryRaw`SELECT 1 FROM orgs WHERE id = ${open.org}::uuid FOR UPDATE`;
  const found = await open.db.policy.findUnique({
    where: { orgId_name: { orgId: open.org, name } },
    select: {
      id: true,
      version: true,
      versions: { select: { hash: true }, orderBy: { version: 'desc' }, take: 1 },
    },
  });
  if (found) return { id: found.id, version: found.version, hash: found.versions[0]?.hash ?? null };
  const id = newId();
  await open.db.policy.create({ data: { orgId: open.org, id, name, agentId, version: 0 } });
  return { id, version: 0, hash: null };
}

function publisherOf(open: Transaction): string | null {
  return open.actor.kind === 'member' ? open.actor.id : null;
}
