import { database } from '@/lib/kernel/database';

/** Whether this process can serve: the database answers and is migrated. Never throws. */
export async function readiness(): Promise<{ ready: boolean; detail: string }> {
  try {
    await database('app').$queryRaw`SELECT any_org()`;
    return { ready: true, detail: 'ready' };
  } catch {
    return { ready: false, detail: 'the database does not answer or is not migrated' };
  }
}
