import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OUTCOMES, RISK_LEVELS } from '../schema';
import { joinTerms, outermost, type Terms, unionRequirements } from './join';

const requirement = fc.record({
  from: fc.constantFrom('approvers', 'owner', 'group:a'),
  count: fc.integer({ min: 1, max: 4 }),
});
const seconds = fc.option(fc.integer({ min: 1, max: 604_800 }));
const path = fc.constantFrom('payload.a', 'payload.a.b', 'payload.a.b.c', 'payload.ab', 'payload.d');
const terms: fc.Arbitrary<Terms> = fc.record({
  outcome: fc.constantFrom(...OUTCOMES),
  risk: fc.constantFrom(...RISK_LEVELS),
  requirements: fc.array(requirement, { maxLength: 3 }).map((some) => unionRequirements(some, [])),
  slaSeconds: seconds,
  expiresSeconds: seconds,
  onBreach: fc.constantFrom('hold' as const, 'reject' as const, null),
  editable: fc.option(fc.array(path, { maxLength: 3 }).map(outermost)),
});

it('strictest wins and order never matters: the join is associative, commutative and idempotent', () => {
  const runs = 20_000;
  fc.assert(
    fc.property(terms, terms, terms, (a, b, c) => {
      expect(joinTerms(a, a)).toEqual(a);
      expect(joinTerms(a, b)).toEqual(joinTerms(b, a));
      expect(joinTerms(joinTerms(a, b), c)).toEqual(joinTerms(a, joinTerms(b, c)));
    }),
    { numRuns: runs },
  );
  console.info(`join: ${runs} triples`);
}, 60_000);
