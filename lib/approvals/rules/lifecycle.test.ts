import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '@/lib/policy/schema';
import { type Execution, type RequestStatus, requestStatuses } from '../schema';
import { mayExecute, mayRedeem, nextStatus, openingStatus, statusAt } from './lifecycle';

const moves = ['approve', 'reject', 'expire', 'cancel', 'supersede'] as const;
const executions: Execution[] = ['none', 'redeemed', 'succeeded', 'failed'];
const noon = new Date('2026-05-04T12:00:00.000Z');
const at = (milliseconds: number) => new Date(noon.getTime() + milliseconds);

describe('a request opens as allowed, denied or pending; only a pending one moves, and every state it moves to is final', () => {
  it('has exactly these moves', () => {
    const table = requestStatuses.flatMap((from) =>
      moves.flatMap((move) => {
        const to = nextStatus(from, move);
        return to ? [`${from} ${move} ${to}`] : [];
      }),
    );
    expect(table).toEqual([
      'pending approve approved',
      'pending reject rejected',
      'pending expire expired',
      'pending cancel cancelled',
      'pending supersede superseded',
    ]);
  });

  it('absorbs: after any moves the first that leads anywhere decides for ever', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...moves), { minLength: 1 }), (taken) => {
        const first = nextStatus('pending', taken[0] ?? 'expire');
        const last = taken.reduce<RequestStatus>(
          (status, move) => nextStatus(status, move) ?? status,
          'pending',
        );
        expect(last).toBe(first);
      }),
    );
  });

  it('opens as what policy said, and closed for an outcome without a state of its own', () => {
    expect(OUTCOMES.map((outcome) => [outcome, openingStatus(outcome)])).toEqual([
      ['allow', 'allowed'],
      ['require_approval', 'pending'],
      ['require_step_up', 'denied'],
      ['draft', 'denied'],
      ['deny', 'denied'],
    ]);
  });

  it('executes once: none, redeemed, then succeeded or failed', () => {
    const table = executions.flatMap((from) =>
      executions.filter((to) => mayExecute(from, to)).map((to) => `${from} ${to}`),
    );
    expect(table).toEqual(['none redeemed', 'redeemed succeeded', 'redeemed failed']);
  });
});

describe('the clock', () => {
  it('expires a pending request in the very millisecond, and nothing else', () => {
    for (const status of requestStatuses) {
      const request = { status, expiresAt: noon };
      expect(statusAt(request, at(-1))).toBe(status);
      expect(statusAt(request, noon)).toBe(status === 'pending' ? 'expired' : status);
      expect(statusAt({ status, expiresAt: null }, at(1e12))).toBe(status);
    }
  });

  it('lets only an allowed or approved, unexecuted, unlapsed request be redeemed', () => {
    const good = requestStatuses.flatMap((status) =>
      executions.flatMap((execution) =>
        [at(-1), noon, at(1)].flatMap((now) =>
          mayRedeem({ status, execution, validUntil: noon }, now)
            ? [`${status} ${execution} ${now < noon}`]
            : [],
        ),
      ),
    );
    expect(good).toEqual(['allowed none true', 'approved none true']);
    expect(mayRedeem({ status: 'allowed', execution: 'none', validUntil: null }, noon)).toBe(false);
  });
});
