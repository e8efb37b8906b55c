import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuthorizeBody } from '@/lib/approvals/schema';
import { fillTemplate } from './fill-template';
import { fitsTemplate, planCalls, readTemplate } from './plan-calls';

const root = path.resolve(import.meta.dirname, '../..');
const airline = readTemplate(readFileSync(path.join(root, 'bin/replay/airline.yaml'), 'utf8'));
const log = path.join(root, '../shared/data/airline-calls.jsonl');

const line = (over: object = {}) =>
  JSON.stringify({
    runId: 'run-1',
    callId: 'call-1',
    tool: 'cancel_reservation',
    arguments: { reservation_id: 'ABC123' },
    user: 'mia',
    said: 'Cancel it, please.',
    proposed: '',
    steps: [{ name: 'get_reservation_details', output: '{}' }],
    result: 'done',
    ...over,
  });

describe('a line of the log', () => {
  it('becomes an ask in plain words, with the payload as it was', () => {
    const { calls, malformed } = planCalls(airline, `${line()}\n`);
    expect(malformed).toEqual([]);
    expect(calls[0]?.body).toEqual({
      action: 'airline.cancel_reservation',
      summary: 'Cancel reservation ABC123',
      payload: { reservation_id: 'ABC123' },
      externalRef: 'call-1',
      context: {
        runId: 'run-1',
        trigger: 'Cancel it, please.',
        steps: [{ name: 'get_reservation_details', output: '{}' }],
        inputs: { customer: 'mia' },
      },
    });
    expect(calls[0]).toMatchObject({
      number: 1,
      callId: 'call-1',
      tool: 'cancel_reservation',
      output: 'done',
    });
  });

  it('has the same key in every run and another than any other line, identical ones too', () => {
    const text = [line(), line(), line({ callId: 'call-2' }), line({ runId: 'run-2' })].join('\n');
    const keys = planCalls(airline, text).calls.map((call) => call.key);
    expect(new Set(keys).size).toBe(4);
    expect(planCalls(airline, text).calls.map((call) => call.key)).toEqual(keys);
    for (const key of keys) expect(key).toMatch(/^[\x21-\x7e]{1,255}$/);
  });

  it('that is malformed is named by its number, and harms no other', () => {
    const { calls, malformed } = planCalls(airline, `${line()}\nnot json\n\n[1]\n{"tool":"x"}\n${line()}`);
    expect(calls.map((call) => call.number)).toEqual([1, 6]);
    expect(malformed).toEqual([
      { number: 2, why: 'not a JSON object' },
      { number: 4, why: 'not a JSON object' },
      { number: 5, why: 'no member "runId"' },
    ]);
  });

  it('with longer words than the API takes is cut to what it takes', () => {
    const long = 'x'.repeat(20_000);
    const [call] = planCalls(
      airline,
      line({ said: long, proposed: long, tool: 'think', arguments: { thought: long } }),
    ).calls;
    const { payload: _, ...rest } = call?.body ?? {};
    expect(AuthorizeBody.safeParse(rest).success).toBe(true);
  });

  it('without the members a template wants does not fit it', () => {
    expect(fitsTemplate(airline, line())).toBe(true);
    expect(fitsTemplate(airline, '{"name":"x","input":{}}')).toBe(false);
    expect(fitsTemplate(airline, 'not json')).toBe(false);
  });
});

describe('a reference', () => {
  it('alone is the value itself, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const filled = fillTemplate('{a}', { a: value as never });
        expect(filled).toEqual(value === '' ? undefined : value);
      }),
    );
  });

  it('reaches inside, lists and counts', () => {
    const given = { list: [{ n: 'a' }, { n: 'b' }], at: { deep: 7 } };
    expect(fillTemplate('{list.*.n} of {list.#}, {at.deep}, {list.1.n}, {gone.x}', given)).toBe(
      'a, b of 2, 7, b, –',
    );
  });

  it('finds own members only', () => {
    expect(fillTemplate({ a: '{constructor}', b: '{list.length}', c: 'kept' }, { list: [] })).toEqual({
      c: 'kept',
    });
  });
});

describe.runIf(existsSync(log))('the airline log', () => {
  it('gives 572 asks that the API takes, each with a key and a summary of its own', () => {
    const { calls, malformed } = planCalls(airline, readFileSync(log, 'utf8'));
    expect(malformed).toEqual([]);
    expect(calls).toHaveLength(572);
    expect(new Set(calls.map((call) => call.key)).size).toBe(572);
    for (const { body } of calls) {
      expect(AuthorizeBody.safeParse(body).success).toBe(true);
      expect(body.summary).not.toContain('–');
    }
  });
});
