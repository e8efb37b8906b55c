import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Requirement, RISK_LEVELS } from '@/lib/policy/schema';
import { mayVote, type VotedOn, type Voter } from './eligibility';

const opened = new Date('2026-05-04T10:00:00.000Z');
const before = new Date(opened.getTime() - 1);

const voter = (more: Partial<Voter> = {}): Voter => ({
  mayDecide: true,
  id: 'm1',
  email: 'lee@acme.test',
  status: 'active',
  groups: [],
  ...more,
});
const member = (...slugs: string[]) => voter({ groups: slugs.map((slug) => ({ slug, addedAt: before })) });
const request = (more: Partial<VotedOn> = {}): VotedOn => ({
  risk: 'medium',
  openedAt: opened,
  initiator: null,
  initiatorProven: false,
  initiatorIsMember: false,
  agentOwnerId: 'someone-else',
  requirements: [{ from: 'approvers', count: 1 }],
  ...more,
});
const asks = (...from: string[]): Requirement[] => from.map((each) => ({ from: each, count: 1 }));
const fills = (who: Voter, what: VotedOn): number[] => {
  const found = mayVote(who, what);
  return found.ok ? found.fills : [];
};

describe('nobody decides their own request: not its initiator, nor the agent’s owner where no initiator is proven', () => {
  it('refuses the initiator in every case, proven or claimed, at every risk, in every spelling', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RISK_LEVELS),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (risk, proven, isMember, shout) => {
          const initiator = shout ? 'LEE@Acme.test' : 'lee@acme.test';
          const what = request({
            risk,
            initiator,
            initiatorProven: proven,
            initiatorIsMember: isMember,
            agentOwnerId: 'm1',
            requirements: asks('owner', 'approvers', 'user:lee@acme.test'),
          });
          expect(mayVote(member('approvers'), what)).toEqual({
            ok: false,
            reason: 'You asked for this, so someone else decides it.',
          });
        },
      ),
    );
  });

  it.each([
    // initiator, proven, is a member, document names the owner → the owner may vote
    [null, false, false, false, false],
    [null, false, false, true, true],
    ['dana@acme.test', false, true, false, false],
    ['dana@acme.test', true, false, false, false],
    ['dana@acme.test', true, true, false, true],
    ['dana@acme.test', false, false, true, true],
  ])(
    'the owner of the agent: initiator %s, proven %s, member %s, owner named %s: %s',
    (initiator, initiatorProven, initiatorIsMember, named, expected) => {
      const what = request({
        initiator,
        initiatorProven,
        initiatorIsMember,
        agentOwnerId: 'm1',
        requirements: named ? asks('owner') : asks('approvers'),
      });
      expect(mayVote(member('approvers'), what).ok).toBe(expected);
    },
  );

  it('refuses a suspended member whatever they are', () => {
    const gone = { ...member('approvers'), status: 'suspended' };
    expect(mayVote(gone, request())).toEqual({ ok: false, reason: 'Your membership is suspended.' });
  });

  it('refuses who is neither named nor in a named group, and says for whom it waits', () => {
    const what = request({
      risk: 'high',
      requirements: [{ from: 'group:finance', count: 2 }, ...asks('user:kim@acme.test')],
    });
    expect(mayVote(member('legal'), what)).toEqual({
      ok: false,
      reason: 'This waits for 2 of the group finance and kim@acme.test.',
    });
  });

  it.each([
    ['a named person', voter(), asks('user:lee@acme.test'), [0]],
    ['a member of a named group', member('finance'), asks('group:finance', 'group:legal'), [0]],
    ['a member of both groups', member('finance', 'legal'), asks('group:finance', 'group:legal'), [0, 1]],
    ['the floor’s slot beside a slot one fits', member('finance'), asks('group:finance', 'any'), [0, 1]],
    ['the floor’s slot beside a slot one does not fit', member('legal'), asks('group:finance', 'any'), []],
    [
      'the pool where the document names it among others',
      member('approvers'),
      asks('group:finance', 'approvers'),
      [1],
    ],
    ['the pool where the document names nobody else', member('approvers'), asks('approvers', 'any'), [0, 1]],
    ['the pool where the document names others', member('approvers'), asks('group:finance'), []],
    ['a look-alike address', voter({ email: 'lee@acme.test.evil' }), asks('user:lee@acme.test'), []],
  ])('at high risk, %s', (_title, who, requirements, expected) => {
    expect(fills(who, request({ risk: 'high', requirements }))).toEqual(expected);
  });

  it('lets the approvers pool fill any slot at low and medium risk', () => {
    for (const risk of ['low', 'medium'] as const)
      expect(
        fills(
          member('approvers'),
          request({ risk, requirements: asks('group:finance', 'user:kim@acme.test') }),
        ),
      ).toEqual([0, 1]);
  });

  it('counts on a critical request only memberships older than the request', () => {
    for (const [addedAt, risk, expected] of [
      [before, 'critical', true],
      [opened, 'critical', false],
      [opened, 'high', true],
    ] as const) {
      const who = voter({ groups: [{ slug: 'finance', addedAt }] });
      expect(mayVote(who, request({ risk, requirements: asks('group:finance') })).ok).toBe(expected);
    }
  });

  it('always leaves a slot that is named fillable by those it names', () => {
    const from = fc.constantFrom('approvers', 'group:finance', 'user:lee@acme.test', 'any');
    fc.assert(
      fc.property(
        fc.constantFrom(...RISK_LEVELS),
        fc.array(from, { minLength: 1, maxLength: 4 }),
        (risk, named) => {
          const what = request({ risk, requirements: asks(...named) });
          const found = fills(member('approvers', 'finance'), what);
          const people = named.filter((each) => each !== 'any');
          if (people.length > 0) expect(found).toEqual(named.map((_, index) => index));
        },
      ),
    );
  });
});
