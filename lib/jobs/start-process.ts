import { runSealer } from '@/lib/audit/run-sealer';
import { anyOrg } from '@/lib/identity/queries';
import { connectionOf, type DatabaseRole, database } from '@/lib/kernel/database';
import { env } from '@/lib/kernel/env';
import { AppError } from '@/lib/kernel/errors';
import { closeWake, connectWake } from '@/lib/kernel/wake';
import { setupToken } from '@/lib/web/setup-token';
import { runQueue } from './run-queue';
import { runSweep } from './run-sweep';

const roles: DatabaseRole[] = ['app', 'auth', 'sealer', 'sweep', 'jobs'];

/**
 * Everything a process needs beside HTTP: safe database roles, the listening connection and, where asked, the
 * worker (sealer, sweep, queue). Throws `unavailable` when a role could bypass row-level security or owns tables.
 */
export async function startProcess({ worker }: { worker: boolean }): Promise<{ stop(): Promise<void> }> {
  for (const role of worker ? roles : roles.slice(0, 2)) await refusePowerfulRole(role);
  await connectWake();
  const stops = worker ? [runSealer(), runSweep(), await runQueue()] : [];
  if (!env().embedded && !(await anyOrg())) {
    console.info(
      `The database is empty. Make the first organisation at ${env().COUNTERSIGN_URL}/setup?token=${setupToken()}`,
    );
  }
  return {
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
      await closeWake();
      await Promise.all(roles.map((role) => database(role).$disconnect()));
    },
  };
}

async function refusePowerfulRole(role: DatabaseRole): Promise<void> {
  const [found] = await database(role).$queryRaw<
    { name: string; superuser: boolean; bypass: boolean; owns: bigint }[]
  >`
    SELECT r.rolname AS name, r.rolsuper AS superuser, r.rolbypassrls AS bypass,
           (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid AND c.relnamespace = 'public'::regnamespace) AS owns
      FROM pg_roles r WHERE r.rolname = current_user`;
  if (found && !found.superuser && !found.bypass && Number(found.owns) === 0) return;
  const { connectionString } = connectionOf(role);
  throw new AppError(
    'unavailable',
    `the database role ${found?.name ?? '?'} at ${new URL(connectionString).host} is too powerful for ${role}: it must own no table, be no superuser and not bypass row-level security`,
  );
}
