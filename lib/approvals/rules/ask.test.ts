import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Facts } from '@/lib/policy/schema';
import { AuthorizeBody } from '../schema';
import { factsOf, storedAsk, titleOf } from './ask';

const agent = { id: 'agt_1', name: 'ap-agent', labels: { team: 'finance' } };

describe('the facts policy judges by are what was asked, under the names policy gives them, and nothing else', () => {
  it('takes agent and environment from the key, never from the body', () => {
    const body = AuthorizeBody.parse({
      action: 'payment.send',
      payload: { environment: 'test', agent: { name: 'root' } },
      environment: 'staging',
      signals: { environment: 'test' },
      context: { agentVersion: '1.4.2', modelId: 'm-1' },
    });
    const ask = storedAsk(body, agent, 'production');
    expect(factsOf(ask, body.payload)).toMatchObject({
      environment: 'production',
      agent: { ...agent, version: '1.4.2', model: 'm-1' },
    });
  });

  it('keeps the payload out of the ask, so that only a revision says what it is', () => {
    const body = AuthorizeBody.parse({ action: 'a.b', payload: { amount: 5 }, supersedes: 'req_1' });
    const ask = storedAsk(body, agent, 'production');
    expect(ask).not.toHaveProperty('payload');
    expect(ask).not.toHaveProperty('supersedes');
    expect(factsOf(ask, { amount: 7 }).payload).toEqual({ amount: 7 });
  });

  it('gives facts that policy can read, for any ask', () => {
    const level = fc.option(fc.constantFrom('low', 'medium', 'high'), { nil: undefined });
    const any = fc.record({
      action: fc.constantFrom('a', 'payment.send', 'x-y.z_0'),
      payload: fc.dictionary(
        fc.string(),
        fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value))),
      ),
      risk: fc.option(fc.constantFrom('low', 'medium', 'high', 'critical'), { nil: undefined }),
      confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
      impact: level,
      reversibility: level,
      regulatory: level,
    });
    fc.assert(
      fc.property(any, (given) => {
        const body = AuthorizeBody.parse(JSON.parse(JSON.stringify(given)));
        const facts = factsOf(storedAsk(body, agent, 'production'), body.payload);
        expect(Facts.safeParse(JSON.parse(JSON.stringify(facts))).success).toBe(true);
      }),
    );
  });

  it('titles an ask by its summary, else by its action, and invents nothing', () => {
    expect(titleOf({ action: 'payment.send', summary: 'Pay Hetzner' })).toBe('Pay Hetzner');
    expect(titleOf({ action: 'payment.send' })).toBe('payment.send');
  });
});
