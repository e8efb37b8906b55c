import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roughly, timeLeft } from './time-left';

const minute = 60_000;

describe('A countdown turns from slate to blue, amber and red as the time to respond runs out, and then says how late it is.', () => {
  test.each([
    [1440, 1000, '16h 40m', 'slate', 'clock'],
    [1440, 600, '10h', 'blue', 'clock'],
    [1440, 300, '5h', 'amber', 'alarm'],
    [1440, 100, '1h 40m', 'red', 'octagon'],
    [60, 31, '31m', 'slate', 'clock'],
    [30, 14.5, '14:30', 'amber', 'alarm'],
    [30, 4, '4:00', 'red', 'octagon'],
    [30, 0, 'Overdue 0s', 'red', 'octagon'],
    [30, -6, 'Overdue 6m', 'red', 'octagon'],
  ] as const)('of %i minutes, %d left reads %s in %s', (whole, left, text, tone, glyph) => {
    expect(timeLeft(0, whole * minute, (whole - left) * minute)).toMatchObject({ text, tone, glyph });
  });

  test('The tone never gets calmer while time passes.', () => {
    const order = ['slate', 'blue', 'amber', 'red'];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.nat(2e9), fc.nat(1e8), (whole, now, step) => {
        const before = order.indexOf(timeLeft(0, whole, now).tone);
        expect(order.indexOf(timeLeft(0, whole, now + step).tone)).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  test('Durations are cut off, never rounded up.', () => {
    expect(roughly(2 * 3_600_000 - 1)).toBe('1h 59m');
    expect(roughly(2 * 3_600_000 + 5 * minute)).toBe('2h 05m');
    expect(roughly(76 * 3_600_000)).toBe('3d 4h');
  });
});
