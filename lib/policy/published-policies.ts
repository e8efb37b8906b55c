import type { Transaction } from '@/lib/kernel/context';
import { singleton } from '@/lib/kernel/singleton';
import { type CompiledPolicy, compilePolicy } from './compile-policy';
import { parsePolicy } from './parse-policy';
import type { Policies } from './rules/judge';

/** The documents in force: the org's, and an agent's own where it has one, with the version each was pinned from. */
export type PublishedPolicies = {
  serial: number;
  org: CompiledPolicy[];
  byAgent: Map<string, CompiledPolicy>;
  versions: Map<string, { name: string; version: number; hash: string }>;
};

type Row = { name: string; agentId: string | null; version: number; hash: string; source: string };

/**
 * What is published at this serial of the org, compiled once a process and found again by serial.
 * Where one cannot be read nothing is in force, and the judge denies.
 */
export async function publishedPolicies(ctx: Transaction, serial: number): Promise<PublishedPolicies> {
  const cache = singleton('policy.published', () => new Map<string, PublishedPolicies>());
  const known = cache.get(ctx.org);
  if (known && known.serial === serial) return known;
  const rows = await ctx.db.$queryRaw<Row[]>`
    SELECT p.name, p.agent_id AS "agentId", v.version, v.hash, v.source
      FROM policies p
      JOIN policy_versions v ON v.org_id = p.org_id AND v.policy_id = p.id AND v.version = p.version
     WHERE p.org_id = ${ctx.org}::uuid ORDER BY p.name`;
  const compiled = compileAll(rows, serial);
  if (cache.size > 1000) cache.clear();
  cache.set(ctx.org, compiled);
  return compiled;
}

/** One document that cannot be read might have been the one that denies, so then nothing is in force at all. */
function compileAll(rows: Row[], serial: number): PublishedPolicies {
  const policies: PublishedPolicies = { serial, org: [], byAgent: new Map(), versions: new Map() };
  const compiled = rows.map((row) => ({ row, policy: compileRow(row) }));
  if (compiled.some(({ policy }) => policy === null)) return policies;
  for (const { row, policy } of compiled) {
    if (!policy) continue;
    policies.versions.set(row.hash, { name: row.name, version: row.version, hash: row.hash });
    if (row.agentId) policies.byAgent.set(row.agentId, policy);
    else policies.org.push(policy);
  }
  return policies;
}

/** Compiled once per content hash. Null when the stored text can no longer be read. */
function compileRow(row: Row): CompiledPolicy | null {
  const cache = singleton('policy.compiled', () => new Map<string, CompiledPolicy | null>());
  const key = `${row.name}@${row.version}@${row.hash}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  let compiled: CompiledPolicy | null = null;
  try {
    compiled = compilePolicy(parsePolicy(row.source), {
      name: row.name,
      version: row.version,
      hash: row.hash,
    });
  } catch {
    console.warn(`policy ${row.name} version ${row.version} cannot be read: everything is denied`);
  }
  if (cache.size > 5000) cache.clear();
  cache.set(key, compiled);
  return compiled;
}

/**
 * Exactly the documents of these hashes, for judging an edit by what a request was opened under. Null when one of
 * them cannot be found or read any more.
 */
export async function pinnedPolicies(ctx: Transaction, hashes: readonly string[]): Promise<Policies | null> {
  const rows = await ctx.db.$queryRaw<Row[]>`
    SELECT DISTINCT ON (p.id, v.hash) p.name, p.agent_id AS "agentId", v.version, v.hash, v.source
      FROM policy_versions v JOIN policies p ON p.org_id = v.org_id AND p.id = v.policy_id
     WHERE v.org_id = ${ctx.org}::uuid AND v.hash = ANY(${[...hashes]}::text[])
     ORDER BY p.id, v.hash, v.version DESC`;
  const compiled = rows.map((row) => ({ isAgents: row.agentId !== null, policy: compileRow(row) }));
  const found = new Set(rows.map((row) => row.hash));
  if (!hashes.every((hash) => found.has(hash)) || compiled.some(({ policy }) => policy === null)) return null;
  const of = (isAgents: boolean) =>
    compiled.flatMap((each) => (each.isAgents === isAgents && each.policy ? [each.policy] : []));
  return { org: of(false), agent: of(true)[0] ?? null };
}
