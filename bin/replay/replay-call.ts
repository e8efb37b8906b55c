import type { JsonObject, JsonValue } from '@/lib/kernel/json/json-value';
import type { AgentClient, ApiAnswer } from './agent-client';
import type { PlannedCall } from './plan-calls';

/** What became of one call. `problem` says why where the API refused it; `status` is then its HTTP status. */
export type Outcome = {
  number: number;
  callId: string;
  tool: string;
  decision: string;
  status: string;
  rule: string;
  risk: string;
  url: string;
  execution: string;
  replayed: boolean;
  problem: string | null;
};
export type ReplayOptions = { dryRun: boolean; execute: boolean };

/** Sends one call, reads the present state where the answer is a stored one, and executes it where that is asked. */
export async function replayCall(
  api: AgentClient,
  call: PlannedCall,
  options: ReplayOptions,
): Promise<Outcome> {
  const path = options.dryRun ? '/v1/authorize?dry_run=true' : '/v1/authorize';
  const answer = await api('POST', path, {
    body: call.body,
    ...(!options.dryRun && { idempotencyKey: call.key }),
  });
  if (answer.status !== 200) return refused(call, answer);
  const first = asObject(answer.body);
  if (options.dryRun) return outcomeOf(call, { ...first, status: 'dry run' }, false);
  const view = answer.replayed ? await presentView(api, first) : first;
  const execution = options.execute ? await execute(api, call, view) : view.execution;
  return outcomeOf(call, { ...view, execution: execution ?? null }, answer.replayed);
}

/** A stored answer tells how it was; meanwhile people may have decided. */
async function presentView(api: AgentClient, stored: JsonObject): Promise<JsonObject> {
  const { status, body } = await api('GET', `/v1/requests/${text(stored.id)}`);
  return status === 200 ? asObject(body) : stored;
}

/** Redeems what is permitted and reports what the log says came of it. Answers with the execution that stands then. */
async function execute(api: AgentClient, call: PlannedCall, view: JsonObject): Promise<string> {
  let execution = text(view.execution);
  if (execution === 'none' && typeof view.token === 'string') {
    const redeemed = await api('POST', '/v1/tokens/redeem', {
      body: { token: view.token, payload: view.payload ?? {} },
    });
    if (redeemed.status !== 200) return execution;
    execution = 'redeemed';
  }
  if (execution !== 'redeemed') return execution;
  const result = { status: 'succeeded', ...(call.output !== undefined && { output: call.output }) };
  const reported = await api('POST', `/v1/requests/${text(view.id)}/result`, {
    body: result,
    idempotencyKey: `${call.key}-result`,
  });
  return reported.status === 200 ? 'succeeded' : execution;
}

function outcomeOf({ number, callId, tool }: PlannedCall, view: JsonObject, replayed: boolean): Outcome {
  const [reason] = Array.isArray(view.reasons) ? view.reasons : [];
  return {
    number,
    callId,
    tool,
    decision: text(view.decision),
    status: text(view.status),
    rule: text(asObject(reason).rule),
    risk: text(view.risk),
    url: text(asObject(view.approval).url),
    execution: text(view.execution),
    replayed,
    problem: null,
  };
}

function refused({ number, callId, tool }: PlannedCall, { status, body }: ApiAnswer): Outcome {
  const problem = text(asObject(body).detail) || 'no reason given';
  const none = { rule: '', risk: '', url: '', execution: '', replayed: false };
  return { number, callId, tool, decision: 'refused', status: String(status), ...none, problem };
}

function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
