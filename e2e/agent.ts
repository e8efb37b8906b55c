import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import type { AgentRequestView } from '@/lib/approvals/agent-view';
import type { Ask } from './asks';
import { required } from './database';

type Demo = { agents: { name: string; key: string }[]; people: { name: string; email: string }[] };

/** A call's outcome. `body` is what JSON it answered, or null. */
export type Answer<Body> = { status: number; headers: Headers; body: Body };

export type Agent = ReturnType<typeof agent>;

/** The agent's side of the desk: its API by plain HTTP, with the key of the demo. */
export function agent(name: string, url = required('BASE_URL')) {
  const key = demo().agents.find((each) => each.name === name)?.key;
  if (!key) throw new Error(`the demo has no agent ${name}`);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return {
    get: <Body = AgentRequestView>(path: string, more: Record<string, string> = {}) =>
      call<Body>(`${url}${path}`, { headers: { ...headers, ...more } }),
    post: <Body = AgentRequestView>(path: string, body: unknown, more: Record<string, string> = {}) =>
      call<Body>(`${url}${path}`, {
        method: 'POST',
        headers: { ...headers, ...more },
        body: JSON.stringify(body),
      }),
  };
}

/** Opens a request and answers with what its agent is told; fails unless it has the status. */
export async function open(
  { agent: name, body }: Ask,
  status: AgentRequestView['status'] = 'pending',
  url?: string,
): Promise<AgentRequestView> {
  const answer = await agent(name, url).post('/v1/authorize', body);
  expect(answer.body, JSON.stringify(answer.body)).toMatchObject({ status });
  return answer.body;
}

/** Who takes part in the demo, and the agents' keys. */
export function demo(): Demo {
  // Written by prisma/seed.ts.
  return JSON.parse(readFileSync(required('DEMO_FILE'), 'utf8')) as Demo;
}

async function call<Body>(url: string, init: RequestInit): Promise<Answer<Body>> {
  const response = await fetch(url, init);
  const text = await response.text();
  // The caller names the shape it then checks.
  return {
    status: response.status,
    headers: response.headers,
    body: (text ? JSON.parse(text) : null) as Body,
  };
}
