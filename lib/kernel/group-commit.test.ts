import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from './errors';
import { groupCommit, type Settled } from './group-commit';

type Batch = { org: string; items: number[]; finish: () => void; fail: (error: unknown) => void };

/** A write that waits until the test lets it finish; each item is answered by ten times itself. */
function heldWrite() {
  const batches: Batch[] = [];
  const write = (org: string, items: number[]) =>
    new Promise<Settled<number>[]>((resolve, reject) => {
      const finish = () => resolve(items.map((item) => ({ ok: true, value: item * 10 })));
      batches.push({ org, items, finish, fail: reject });
    });
  return { batches, submit: groupCommit(write) };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('group commit', () => {
  it('writes an item that is alone at once', async () => {
    const { batches, submit } = heldWrite();
    const answer = submit('a', 1);
    await Promise.resolve();
    expect(batches.map(({ items }) => items)).toEqual([[1]]);
    batches[0]?.finish();
    expect(await answer).toBe(10);
  });

  it('answers nothing before its write has committed', async () => {
    const { batches, submit } = heldWrite();
    const answered: number[] = [];
    const answers = [1, 2, 3].map((item) => submit('a', item).then((value) => answered.push(value)));
    await soon();
    expect(answered).toEqual([]);
    batches[0]?.finish();
    await Promise.all(answers);
    expect(answered).toEqual([10, 20, 30]);
  });

  it('writes what waits together in one batch, in order, at most two at a time and 128 in one', async () => {
    const { batches, submit } = heldWrite();
    const answers = [submit('a', 0)];
    await soon();
    answers.push(submit('a', 1));
    await soon();
    for (let item = 2; item < 300; item++) answers.push(submit('a', item));
    await soon();
    expect(batches.map(({ items }) => items)).toEqual([[0], [1]]);
    batches[0]?.finish();
    await soon();
    expect(batches[2]?.items).toEqual(Array.from({ length: 128 }, (_, index) => index + 2));
    for (let index = 1; index < 5; index++) {
      batches[index]?.finish();
      await soon();
    }
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 300 }, (_, item) => item * 10));
    expect(Math.max(...batches.map(({ items }) => items.length))).toBe(128);
  });

  it('never writes two orgs in one batch, and lets neither wait for the other', async () => {
    const { batches, submit } = heldWrite();
    const answers = [submit('a', 1), submit('b', 2), submit('a', 3)];
    await soon();
    expect(batches.map(({ org, items }) => [org, items])).toEqual([
      ['a', [1, 3]],
      ['b', [2]],
    ]);
    for (const batch of batches) batch.finish();
    await Promise.all(answers);
  });

  it('tries a batch that fails whole one by one, so that one bad item harms no other', async () => {
    const tried: number[][] = [];
    const submit = groupCommit<number, number>(async (_org, items) => {
      tried.push(items);
      if (items.includes(2)) throw new Error('two is bad');
      return items.map((value) => ({ ok: true, value }));
    });
    const answers = await Promise.allSettled([1, 2, 3].map((item) => submit('a', item)));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(tried).toEqual([[1, 2, 3], [1], [2], [3]]);
  });

  it('writes nothing again when the database was lost, because the batch may have committed', async () => {
    let writes = 0;
    const submit = groupCommit<number, number>(async () => {
      writes++;
      throw new AppError('unavailable', 'the database is not reachable');
    });
    const answers = await Promise.allSettled([1, 2, 3].map((item) => submit('a', item)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(writes).toBe(1);
  });

  it('refuses an item that its write did not answer', async () => {
    const submit = groupCommit<number, number>(async () => [{ ok: true, value: 1 }]);
    const answers = await Promise.allSettled([submit('a', 1), submit('a', 2)]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('answers every item by its own result, whatever fails and however they arrive', async () => {
    const item = fc.record({
      org: fc.constantFrom('a', 'b'),
      bad: fc.constantFrom('no', 'own', 'whole'),
      pause: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 40 }), async (items) => {
        const submit = groupCommit<{ index: number; bad: string }, number>(async (_org, batch) => {
          await soon();
          if (batch.some(({ bad }) => bad === 'whole')) throw new Error('whole');
          return batch.map(({ index, bad }) =>
            bad === 'own' ? { ok: false, error: index } : { ok: true, value: index },
          );
        });
        const answers: Promise<PromiseSettledResult<number>[]>[] = [];
        for (const [index, { org, bad, pause }] of items.entries()) {
          answers.push(Promise.allSettled([submit(org, { index, bad })]));
          if (pause) await soon();
        }
        const settled = (await Promise.all(answers)).flat();
        for (const [index, answer] of settled.entries()) {
          const bad = items[index]?.bad;
          if (bad === 'no') expect(answer).toEqual({ status: 'fulfilled', value: index });
          else expect(answer.status).toBe('rejected');
        }
      }),
      { numRuns: 60 },
    );
  });
});
