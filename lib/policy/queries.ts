import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { AppError } from '@/lib/kernel/errors';
import { transact } from '@/lib/kernel/transact';
import { parsePolicy } from './parse-policy';

export type PolicyListItem = {
  name: string;
  version: number;
  hash: string;
  publishedAt: string;
  publishedBy: string | null;
  rules: number;
  agent: string | null;
};
export type PolicyVersionItem = {
  version: number;
  hash: string;
  note: string;
  publishedAt: string;
  publishedBy: string | null;
};
export type PolicyView = {
  name: string;
  version: number;
  source: string;
  hash: string;
  mayPublish: boolean;
  versions: PolicyVersionItem[];
};

/** The documents in force, by name. */
export async function listPolicies(ctx: Context): Promise<PolicyListItem[]> {
  requirePermission(ctx, 'policy.read');
  return transact(ctx, async (open) => {
    const rows = await open.db.policy.findMany({
      where: { orgId: open.org, version: { gt: 0 } },
      select: {
        name: true,
        version: true,
        agent: { select: { name: true } },
        versions: {
          orderBy: { version: 'desc' },
          take: 1,
          select: { hash: true, source: true, publishedAt: true, publishedBy: true },
        },
      },
      orderBy: { name: 'asc' },
    });
    const names = await publisherNames(
      open,
      rows.flatMap((row) => row.versions),
    );
    return rows.flatMap(({ versions: [current], agent, ...row }) => {
      if (!current) return [];
      const { source, publishedAt, publishedBy, hash } = current;
      return [
        {
          ...row,
          hash,
          agent: agent?.name ?? null,
          publishedAt: publishedAt.toISOString(),
          publishedBy: names.get(publishedBy ?? '') ?? null,
          rules: countRules(source),
        },
      ];
    });
  });
}

/** A document in force with its versions, newest first (at most 200). Throws `not_found`. */
export async function showPolicy(ctx: Context, name: string): Promise<PolicyView> {
  requirePermission(ctx, 'policy.read');
  return transact(ctx, async (open) => {
    const policy = await open.db.policy.findUnique({
      where: { orgId_name: { orgId: open.org, name } },
      select: {
        name: true,
        version: true,
        versions: {
          orderBy: { version: 'desc' },
          take: 200,
          select: {
            version: true,
            hash: true,
            source: true,
            note: true,
            publishedAt: true,
            publishedBy: true,
          },
        },
      },
    });
    const current = policy?.versions[0];
    if (!policy || !current) throw new AppError('not_found', 'no such policy');
    const names = await publisherNames(open, policy.versions);
    return {
      name: policy.name,
      version: policy.version,
      source: current.source,
      hash: current.hash,
      mayPublish: open.permissions.has('policy.write'),
      versions: policy.versions.map(({ source: _source, publishedAt, publishedBy, ...version }) => ({
        ...version,
        publishedAt: publishedAt.toISOString(),
        publishedBy: names.get(publishedBy ?? '') ?? null,
      })),
    };
  });
}

/** One version as it was published. Throws `not_found`. */
export async function showPolicyVersion(
  ctx: Context,
  name: string,
  version: number,
): Promise<{ source: string; hash: string; note: string; publishedAt: string }> {
  requirePermission(ctx, 'policy.read');
  return transact(ctx, async (open) => {
    const found = await open.db.policyVersion.findFirst({
      where: { orgId: open.org, version, policy: { orgId: open.org, name } },
      select: { source: true, hash: true, note: true, publishedAt: true },
    });
    if (!found) throw new AppError('not_found', 'no such version');
    return { ...found, publishedAt: found.publishedAt.toISOString() };
  });
}

async function publisherNames(
  open: Transaction,
  versions: { publishedBy: string | null }[],
): Promise<Map<string, string>> {
  const ids = [...new Set(versions.flatMap((version) => version.publishedBy ?? []))];
  const members = await open.db.member.findMany({
    where: { orgId: open.org, id: { in: ids } },
    select: { id: true, name: true },
  });
  return new Map(members.map((member) => [member.id, member.name]));
}

/** Rules and guardrails; a text that can no longer be read counts none. */
function countRules(source: string): number {
  try {
    const { rules, guardrails } = parsePolicy(source);
    return rules.length + guardrails.length;
  } catch {
    return 0;
  }
}
