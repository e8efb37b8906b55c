import { AppError } from './errors';

export type Settled<Result> = { ok: true; value: Result } | { ok: false; error: unknown };
type Waiting<Item, Result> = {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
};
type Queue<Item, Result> = { waiting: Waiting<Item, Result>[]; running: number };

const largestBatch = 128;
const lanes = 2;

/**
 * Writes items that wait together in one batch per org: alone, an item does not wait; nothing is answered before
 * `write` has committed. A batch that fails whole is tried again one by one, so one bad item harms no other; but where
 * the database was lost, nobody knows whether it committed, so each caller is told and nothing is written twice.
 */
export function groupCommit<Item, Result>(
  write: (org: string, items: Item[]) => Promise<Settled<Result>[]>,
): (org: string, item: Item) => Promise<Result> {
  const queues = new Map<string, Queue<Item, Result>>();

  async function drain(org: string, queue: Queue<Item, Result>): Promise<void> {
    queue.running += 1;
    while (queue.waiting.length > 0) await commit(org, queue.waiting.splice(0, largestBatch));
    queue.running -= 1;
    if (queue.running === 0) queues.delete(org);
  }

  async function commit(org: string, batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await write(
        org,
        batch.map((waiting) => waiting.item),
      );
      for (const [index, waiting] of batch.entries()) settle(waiting, results[index]);
    } catch (error) {
      if (batch.length === 1 || isLost(error)) for (const waiting of batch) waiting.reject(error);
      else for (const waiting of batch) await commit(org, [waiting]);
    }
  }

  return (org, item) =>
    new Promise<Result>((resolve, reject) => {
      const queue = queues.get(org) ?? { waiting: [], running: 0 };
      queues.set(org, queue);
      queue.waiting.push({ item, resolve, reject });
      if (queue.running < lanes)
        queueMicrotask(() => queue.running < lanes && queue.waiting.length > 0 && void drain(org, queue));
    });
}

function isLost(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unavailable';
}

function settle<Item, Result>(waiting: Waiting<Item, Result>, result: Settled<Result> | undefined): void {
  if (!result) waiting.reject(new Error('the batch answered fewer items than it was given'));
  else if (result.ok) waiting.resolve(result.value);
  else waiting.reject(result.error);
}
