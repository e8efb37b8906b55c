import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '@/prisma/generated/client';
import { env } from './env';
import { singleton } from './singleton';

/** The database roles of `docs/operating.md`; each connection runs as exactly one of them. */
export type DatabaseRole = 'app' | 'auth' | 'sealer' | 'sweep' | 'jobs';

const poolSize: Record<DatabaseRole, number> = { app: 12, auth: 3, sealer: 1, sweep: 1, jobs: 3 };

/**
 * Connection settings for a role: its own URL where one is given, else the app's URL dropping to the role.
 * UTC always: the driver reads `timestamptz` wrongly under another session time zone.
 */
export function connectionOf(role: DatabaseRole): { connectionString: string; options: string } {
  const own: Record<DatabaseRole, string | undefined> = {
    app: undefined,
    auth: env().AUTH_DATABASE_URL,
    sealer: env().SEALER_DATABASE_URL,
    sweep: env().SWEEP_DATABASE_URL,
    jobs: env().JOBS_DATABASE_URL,
  };
  return {
    connectionString: own[role] ?? env().DATABASE_URL,
    options: `-c role=countersign_${role} -c TimeZone=UTC -c statement_timeout=20000 -c idle_in_transaction_session_timeout=20000`,
  };
}

/** The role's client, one a process. For the kernel and the doors of each role; verbs use `transact`. */
export function database(role: DatabaseRole): PrismaClient {
  return singleton(`database.${role}`, () => {
    const pool = { ...connectionOf(role), max: poolSize[role] };
    const adapter = new PrismaPg(pool, { statementNameGenerator: ({ sql }) => statementName(sql) });
    return new PrismaClient({ adapter });
  });
}

const mostStatements = 400;

/**
 * A name under which a connection keeps a statement parsed and planned. Queries whose text varies without end (lists
 * of different lengths) find the table full and stay unnamed, so a connection keeps a bounded number.
 */
function statementName(sql: string): string {
  const names = singleton('database.statements', () => new Map<string, string>());
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = names.size < mostStatements ? `s${names.size}` : '';
  if (name) names.set(sql, name);
  return name;
}
