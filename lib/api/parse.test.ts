import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod/mini';
import { AuthorizeBody } from '@/lib/approvals/schema';
import { AppError } from '@/lib/kernel/errors';
import { parseAs } from './parse';

const Body = z.strictObject({ name: z.string(), 'a/b': z.optional(z.array(z.number())) });

describe('parsing a body', () => {
  it('gives the value as its schema has it, defaults filled in', () => {
    expect(parseAs(AuthorizeBody, { action: 'a.b' })).toEqual({ action: 'a.b', payload: {} });
  });

  it('points at each thing that is wrong by JSON pointer', () => {
    expect(failure({ name: 5, 'a/b': [1, 'x'] })).toMatchObject({
      code: 'unprocessable',
      details: { errors: [{ pointer: '/name' }, { pointer: '/a~1b/1' }] },
    });
  });

  it('refuses members it does not know, and the code is the caller’s', () => {
    expect(failure({ name: 'x', extra: 1 }, 'malformed')).toMatchObject({ code: 'malformed' });
    expect(failure({ name: 'x', extra: 1 })?.message).toContain('extra');
  });

  it('names at most twenty faults', () => {
    const many = { name: 'x', 'a/b': Array.from({ length: 100 }, () => 'no number') };
    expect(failure(many)?.details.errors).toHaveLength(20);
  });

  it('throws nothing but its own refusal, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (given) => {
        const found = failure(given);
        if (found) expect(found.details.errors?.length).toBeGreaterThan(0);
      }),
    );
  });
});

function failure(given: unknown, code?: 'malformed'): AppError | null {
  try {
    parseAs(Body, given, code);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
