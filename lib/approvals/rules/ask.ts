// The facts policy judges by are what was asked, under the names policy gives them, and nothing else.
import type { JsonValue } from '@/lib/kernel/json/json-value';
import type { Facts } from '@/lib/policy/schema';
import type { AuthorizeBody } from '../schema';

/** What the request keeps of the ask beside its payload: the body, and the agent as it was. */
export type StoredAsk = Omit<AuthorizeBody, 'payload' | 'environment' | 'supersedes'> & {
  agent: { id: string; name: string; labels: Record<string, string> };
  environment: string;
};

/** Takes the payload out of the body (it lives in revisions) and pins agent and environment. */
export function storedAsk(body: AuthorizeBody, agent: StoredAsk['agent'], environment: string): StoredAsk {
  const { payload: _payload, supersedes: _supersedes, ...rest } = body;
  return { ...rest, agent, environment };
}

/** The facts of an ask with this payload; the same for the opening and for every edit after it. */
export function factsOf(ask: StoredAsk, payload: JsonValue): Facts {
  return {
    action: ask.action,
    payload,
    environment: ask.environment,
    agent: { ...ask.agent, version: ask.context?.agentVersion, model: ask.context?.modelId },
    counterparty: ask.counterparty,
    initiator: ask.initiator,
    risk: ask.risk,
    confidence: ask.confidence,
    impact: ask.impact,
    reversibility: ask.reversibility,
    regulatory: ask.regulatory,
    signals: ask.signals ?? {},
  };
}

/** The plain-language title; an agent that gave none gets its action's name, never invented detail. */
export function titleOf(ask: { summary?: string; action: string }): string {
  return ask.summary ?? ask.action;
}
