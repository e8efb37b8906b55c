import { describe, expect, test } from 'vitest';
import type { RequestDetail } from '@/lib/approvals/schema';
import { mayShowAtOnce, whatChanged } from './what-changed';

const vote = (name: string, revision = 1) => ({
  member: { id: name, name },
  verdict: 'approve' as const,
  revision,
  current: true,
  reason: null,
  at: '',
});
const request = (part: Partial<RequestDetail>): RequestDetail => ({
  id: 'req_1',
  status: 'pending',
  execution: 'none',
  action: 'a',
  title: 't',
  risk: 'low',
  environment: 'production',
  counterparty: null,
  initiator: null,
  agent: { id: '', name: '', version: null, model: null, owner: '' },
  runId: null,
  openedAt: '',
  dueAt: null,
  expiresAt: null,
  breachedAt: null,
  decidedAt: null,
  onBreach: null,
  rationale: null,
  confidence: null,
  impact: null,
  reversibility: null,
  regulatory: null,
  alternatives: [],
  evidence: [],
  diff: null,
  context: null,
  proposed: {},
  payload: {},
  payloadHash: 'one',
  revision: 1,
  masked: [],
  editable: null,
  reasons: [],
  wouldAllowIf: [],
  policy: { name: '', version: 1, hash: '' },
  requirements: [],
  slots: 2,
  met: 0,
  votes: [],
  edits: [],
  timeline: [],
  feedback: null,
  result: null,
  you: { mayVote: true, why: null, voted: null, mayReveal: true },
  ...part,
});

describe('A reader is told in words what changed under their eyes, and nothing when nothing did.', () => {
  test.each([
    [{}, null],
    [{ votes: [vote('Dana')] }, 'Dana approved'],
    [{ votes: [vote('Dana')], status: 'approved' as const }, 'Dana approved; it was approved'],
    [
      {
        payloadHash: 'two',
        revision: 2,
        edits: [{ revision: 2, by: { id: '', name: 'Max' }, at: '', before: {}, after: {} }],
      },
      'Max edited the payload',
    ],
    [{ status: 'cancelled' as const }, 'the agent withdrew it'],
    [{ breachedAt: 'now' }, 'the time to respond is over'],
    [{ slots: 3 }, 'who must agree has changed'],
  ])('%j', (part, words) => {
    expect(whatChanged(request({}), request(part))).toBe(words);
  });

  test('A new payload is never swapped in by itself, nor anything that would end an open edit.', () => {
    const voted = request({ votes: [vote('Dana')] });
    const edited = request({ payloadHash: 'two' });
    const ended = request({ status: 'rejected' });
    expect([voted, edited, ended].map((after) => mayShowAtOnce(request({}), after, false))).toEqual([
      true,
      false,
      true,
    ]);
    expect([voted, edited, ended].map((after) => mayShowAtOnce(request({}), after, true))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
