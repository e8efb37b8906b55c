import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { AgentRequestView } from '@/lib/approvals/agent-view';
import { cancelRequest } from '@/lib/approvals/cancel-request';
import { castVote } from '@/lib/approvals/cast-vote';
import { readRequest } from '@/lib/approvals/read-request';
import { contextOfToken, redeemToken } from '@/lib/approvals/redeem-token';
import { reportResult } from '@/lib/approvals/report-result';
import { submitRequest } from '@/lib/approvals/submit-request';
import { publishPolicy } from '@/lib/policy/publish-policy';
import { asks, type DemoAsk } from './asks';
import { people } from './cast';
import { type Cast, type Demo, seedOrg } from './seed-org';

/** The whole demo org, made by the same verbs that people and agents use: every request has its events. */
export async function seedDemo(): Promise<Demo> {
  const cast = await seedOrg();
  await publishAirline(cast);
  for (const ask of asks) await play(cast, ask);
  return cast.demo;
}

/** A second document, for replaying an airline's tool calls beside everything else. */
async function publishAirline({ person }: Cast): Promise<void> {
  const source = await readFile(path.join(process.cwd(), 'lib/policy/templates/airline.yaml'), 'utf8');
  await publishPolicy(person(people[0]?.email ?? ''), {
    name: 'airline',
    baseVersion: 0,
    source,
    note: 'First version',
  });
}

async function play(cast: Cast, ask: DemoAsk): Promise<void> {
  const agent = cast.agent(ask.agent);
  const { body } = await submitRequest(agent, ask.body, null);
  const opened: AgentRequestView = JSON.parse(body); // written by the verb just called
  let payload: Record<string, string | number | boolean> = ask.body.payload;
  for (const vote of ask.votes ?? []) {
    const { revision, payloadHash } = await readRequest(agent, opened.id);
    if (vote.edit) payload = { ...payload, ...vote.edit };
    const { verdict, reason } = vote;
    await castVote(cast.person(vote.by), opened.id, {
      verdict,
      reason,
      revision,
      payloadHash,
      ...(vote.edit && { payload }),
    });
  }
  if (ask.afterwards === 'cancel')
    await cancelRequest(agent, opened.id, { reason: 'Paid by hand in the meantime' });
  if (ask.afterwards === 'redeem') await execute(cast, ask, opened.id);
}

async function execute(cast: Cast, ask: DemoAsk, id: string): Promise<void> {
  const agent = cast.agent(ask.agent);
  const { token, payload } = await readRequest(agent, id);
  const { ctx, claims } = contextOfToken(token ?? '', payload, agent.requestId);
  await redeemToken(ctx, claims);
  await reportResult(agent, id, {
    status: 'succeeded',
    checks: [{ name: 'ledger entry found', passed: true }],
  });
}
