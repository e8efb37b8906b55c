import { Client } from 'pg';
import type { AgentRequestView } from '@/lib/approvals/agent-view';
import { castVote } from '@/lib/approvals/cast-vote';
import { submitRequest } from '@/lib/approvals/submit-request';
import type { BenchOrg } from './bench-org';
import { type Connection, openConnection, percentiles, requestBytes } from './http-load';

export type Latency = { p50: number; p99: number };

/** Milliseconds from an approval's commit to its agent's long-poll being answered, with `waiters` parked, `votes` cast. */
export async function measureWake(
  port: number,
  org: BenchOrg,
  waiters: number,
  votes: number,
): Promise<Latency> {
  const parked = await Promise.all(Array.from({ length: waiters }, (_, index) => park(port, org, index)));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const latencies: number[] = [];
  const step = Math.floor(waiters / votes);
  for (let number = 0; number < votes; number++) {
    const waiter = parked[number * step];
    if (!waiter) continue;
    const { view } = waiter;
    const { revision, payloadHash } = view;
    await castVote(org.approver, view.id, { verdict: 'approve', revision, payloadHash });
    const committedAt = performance.now();
    // The answer may be here before the voter's own.
    latencies.push(Math.max(0, (await waiter.answeredAt) - committedAt));
  }
  for (const { connection } of parked) connection.close();
  return percentiles(latencies);
}

type Waiter = { view: AgentRequestView; connection: Connection; answeredAt: Promise<number> };

async function park(port: number, { agents }: BenchOrg, index: number): Promise<Waiter> {
  const agent = agents[index % agents.length];
  if (!agent) throw new Error('the org has no agent');
  const ask = { action: 'refund.create', payload: { amount: 100, wake: index } };
  const { body } = await submitRequest(agent.ctx, ask, null);
  const view: AgentRequestView = JSON.parse(body); // written by the verb just called
  const connection = await openConnection(port);
  const headers = { authorization: `Bearer ${agent.key}`, prefer: 'wait=55' };
  const answer = connection.call(requestBytes('GET', `/v1/requests/${view.id}`, headers));
  const answeredAt = answer.then(({ status, body: text }) => {
    if (status !== 200 || !text.includes('"approved"'))
      throw new Error(`woken with ${status}: ${text.slice(0, 200)}`);
    return performance.now();
  });
  answeredAt.catch(() => undefined); // awaited where its vote is cast
  return { view, connection, answeredAt };
}

/** The limit of waking: a bare NOTIFY by one connection until another hears it. */
export async function measureNotify(url: string, rounds: number): Promise<Latency> {
  const [sender, listener] = [new Client(url), new Client(url)];
  await Promise.all([sender.connect(), listener.connect()]);
  await listener.query('LISTEN bench');
  const latencies: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const heard = new Promise<number>((resolve) =>
      listener.once('notification', () => resolve(performance.now())),
    );
    const from = performance.now();
    await sender.query('NOTIFY bench');
    latencies.push((await heard) - from);
  }
  await Promise.all([sender.end(), listener.end()]);
  return percentiles(latencies);
}
