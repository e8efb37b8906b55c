import { Client } from 'pg';
import type { Transaction } from './context';
import { connectionOf } from './database';
import { singleton } from './singleton';

/** What other processes are told at commit: which requests of an org moved, or that its policy or keys did. */
export type Wake = { org: string; topic: 'request' | 'policy' | 'key'; ids: string[] };

type Listener = (wake: Wake | null) => void;
type Hub = { listeners: Set<Listener>; client: Client | null; connecting: boolean; stopped: boolean };

const channel = 'countersign';
const hub = () =>
  singleton<Hub>('wake', () => ({ listeners: new Set(), client: null, connecting: false, stopped: false }));

/**
 * Calls `listener` for every wake of every process on this database; with null after a lost connection came back,
 * when anything may have been missed. Returns the way to stop. Costs one connection a process however many listen.
 */
export function onWake(listener: Listener): () => void {
  hub().listeners.add(listener);
  void connectWake();
  return () => hub().listeners.delete(listener);
}

/** Tells every process, when this transaction commits. One call a transaction: NOTIFY takes a global lock. */
export async function notifyWake(ctx: Transaction, wakes: Wake[]): Promise<void> {
  const chunks = wakes.flatMap(split);
  if (chunks.length === 0) return;
  await ctx.db
    .$executeRaw`SELECT pg_notify(${channel}, body) FROM unnest(${chunks.map((chunk) => JSON.stringify(chunk))}::text[]) AS body`;
}

/** A notification's payload is limited to 8,000 bytes. */
function split(wake: Wake): Wake[] {
  const parts: Wake[] = [];
  for (let start = 0; start < Math.max(wake.ids.length, 1); start += 150) {
    parts.push({ ...wake, ids: wake.ids.slice(start, start + 150) });
  }
  return parts;
}

/** Opens the listening connection if it is not open; after a loss it comes back by itself and wakes everyone. */
export async function connectWake(): Promise<void> {
  const state = hub();
  if (state.client || state.connecting || state.stopped) return;
  state.connecting = true;
  const client = new Client({ ...connectionOf('app'), keepAlive: true });
  client.on('notification', (message) => deliver(message.payload));
  client.on('error', () => reconnect(client));
  client.on('end', () => reconnect(client));
  try {
    await client.connect();
    await client.query(`LISTEN ${channel}`);
    state.client = client;
    for (const listener of [...state.listeners]) listener(null);
  } catch {
    setTimeout(() => void connectWake(), 500).unref();
  } finally {
    state.connecting = false;
  }
}

/** Ends the listening connection for good; for an orderly stop. */
export async function closeWake(): Promise<void> {
  const state = hub();
  state.stopped = true;
  const client = state.client;
  state.client = null;
  await client?.end();
}

function reconnect(client: Client): void {
  const state = hub();
  if (state.client !== client) return;
  state.client = null;
  void client.end().catch(() => undefined);
  setTimeout(() => void connectWake(), 200).unref();
}

function deliver(payload: string | undefined): void {
  const wake = JSON.parse(payload ?? 'null') as Wake | null; // written by notifyWake only
  if (!wake) return;
  for (const listener of [...hub().listeners]) listener(wake);
}
