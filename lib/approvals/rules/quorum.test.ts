import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Requirement } from '@/lib/policy/schema';
import { type Approval, fillDecision, fillQuorum } from './quorum';

const named = (...counts: number[]): Requirement[] =>
  counts.map((count, index) => ({ from: `group:g${index}`, count }));
const people = (...fills: number[][]): Approval[] =>
  fills.map((fill, index) => ({ memberId: `person-${index}`, fills: fill }));

describe('every requirement is filled by distinct people; one person fills one slot even when they fit several', () => {
  it('finds as many slots as brute force for every small assignment', () => {
    let cases = 0;
    for (const counts of compositions(4)) {
      const requirements = named(...counts);
      for (const fills of assignments(counts.length, 5)) {
        const quorum = fillQuorum(requirements, people(...fills));
        if (quorum.met !== mostFilled(counts, fills)) expect({ counts, fills, met: quorum.met }).toBeNull();
        cases++;
      }
    }
    console.info(`quorum: ${cases} assignments of up to 5 people to up to 4 slots`);
    expect(cases).toBeGreaterThan(20_000);
  });

  it('names nobody twice, and nobody for what they do not fit', () => {
    const fills = fc.subarray([0, 1, 2]);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
        fc.array(fills, { maxLength: 8 }),
        (counts, given) => {
          const approvals = people(...given);
          const quorum = fillQuorum(named(...counts), approvals);
          const filled = quorum.filledBy.flat();
          expect(new Set(filled).size).toBe(filled.length);
          expect(filled).toHaveLength(quorum.met);
          for (const [index, members] of quorum.filledBy.entries()) {
            expect(members.length).toBeLessThanOrEqual(counts[index] ?? 0);
            for (const member of members)
              expect(approvals.find(({ memberId }) => memberId === member)?.fills).toContain(index);
          }
          expect(quorum.complete).toBe(quorum.met === counts.reduce((sum, count) => sum + count, 0));
        },
      ),
    );
  });

  it('does not depend on the order in which people voted', () => {
    const shuffled = fc
      .array(fc.subarray([0, 1, 2]), { maxLength: 6 })
      .chain((fills) =>
        fc.tuple(
          fc.constant(people(...fills)),
          fc.shuffledSubarray(people(...fills), { minLength: fills.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        expect(fillQuorum(named(1, 2, 1), one).met).toBe(fillQuorum(named(1, 2, 1), other).met);
      }),
    );
  });

  it('counts a person who is given twice once', () => {
    const twice = [...people([0]), ...people([0])];
    expect(fillQuorum(named(2), twice)).toMatchObject({ met: 1, complete: false });
  });

  it('moves a person to their other slot where that lets someone else in', () => {
    expect(fillQuorum(named(1, 1), people([0, 1], [0]))).toMatchObject({
      complete: true,
      filledBy: [['person-1'], ['person-0']],
    });
  });

  it('is never complete where nobody is asked', () => {
    expect(fillQuorum([], people([])).complete).toBe(false);
  });
});

describe('at high and critical risk one of those who fill the quorum must have edited no revision', () => {
  it.each([
    ['high', ['a'], ['a'], 1, false],
    ['critical', ['a'], ['a'], 1, false],
    ['high', ['a', 'b'], ['a', 'b'], 1, false],
    ['high', ['a', 'b'], ['a', 'b'], 2, false],
    ['critical', ['a'], ['a', 'b'], 2, true],
    ['high', ['a'], ['a', 'b'], 1, true],
    ['high', [], ['a'], 1, true],
    ['medium', ['a'], ['a'], 1, true],
    ['low', ['a'], ['a'], 1, true],
  ])('%s, edited by %j, approved by %j, %i asked: %s', (risk, editors, approvers, count, expected) => {
    const approvals = approvers.map((memberId) => ({ memberId, fills: [0] }));
    const quorum = fillDecision([{ from: 'approvers', count }], approvals, { risk, editors });
    expect(quorum.complete).toBe(expected);
    // What is shown as met is never all of it while nothing is decided.
    expect(quorum.met === quorum.slots).toBe(expected);
  });
});

/** Every list of positive counts that adds up to at most `most`. */
function compositions(most: number): number[][] {
  const longer = (sum: number): number[][] =>
    Array.from({ length: most - sum }, (_, index) => index + 1).flatMap((count) => [
      [count],
      ...longer(sum + count).map((rest) => [count, ...rest]),
    ]);
  return longer(0);
}

/** Every multiset of up to `most` people, each fitting some subset of the requirements. */
function assignments(requirements: number, most: number): number[][][] {
  const subsets = Array.from({ length: 2 ** requirements }, (_, bits) =>
    Array.from({ length: requirements }, (_, index) => index).filter((index) => bits & (1 << index)),
  );
  const grow = (from: number, left: number): number[][][] =>
    left === 0
      ? [[]]
      : [
          [],
          ...subsets
            .slice(from)
            .flatMap((subset, step) => grow(from + step, left - 1).map((rest) => [subset, ...rest])),
        ];
  return grow(0, most);
}

/** Tries every choice of every person: slower and plainer than a matching. */
function mostFilled(counts: number[], fills: number[][]): number {
  const [first, ...rest] = fills;
  if (!first) return 0;
  const used = first.flatMap((index) => {
    const left = counts[index] ?? 0;
    return left > 0 ? [1 + mostFilled(counts.with(index, left - 1), rest)] : [];
  });
  return Math.max(mostFilled(counts, rest), ...used);
}
