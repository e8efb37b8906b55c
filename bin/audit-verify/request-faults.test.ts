import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AuditEntry } from '@/lib/audit/rules/entry';
import type { EventType } from '@/lib/audit/rules/event-type';
import { newId, toWire } from '@/lib/kernel/ids';
import { requestFaults, type WitnessedRequest } from './request-faults';

const hashOf = (revision: number) => `sha256:${String(revision).padStart(64, '0')}`;

/** A sound request with as many revisions and voters, redeemed or not. */
function sound(revisions: number, voters: number, isRedeemed: boolean): WitnessedRequest {
  const [id, org, token] = [newId(), newId(), newId()];
  const people = Array.from({ length: voters }, () => newId());
  const numbers = Array.from({ length: revisions }, (_, index) => index + 1);
  const entry = (type: EventType, revision: number, member?: string): AuditEntry => ({
    v: 1,
    org: toWire('org', org),
    eventId: toWire('evt', newId()),
    at: '2026-05-01T12:00:00.000Z',
    type,
    actor: { kind: 'system', id: 'system', via: 'job' },
    subject: { type: 'request', id: toWire('req', id) },
    ...(type === 'token.redeemed'
      ? { token: toWire('tok', token) }
      : {
          decision: {
            verdict: 'require_approval',
            payloadHash: hashOf(revision),
            revision,
            policyHash: hashOf(0),
            policyVersion: 1,
            votes: member ? [{ member: toWire('mem', member), verdict: 'approve', revision }] : [],
          },
        }),
  });
  return {
    id,
    status: 'approved',
    execution: isRedeemed ? 'redeemed' : 'none',
    revision: revisions,
    payloadHash: hashOf(revisions),
    recordedStatus: 'approved',
    reported: null,
    revisions: numbers.map((revision) => ({
      revision,
      payloadHash: hashOf(revision),
      isPayloadHashed: true,
    })),
    votes: people.map((memberId) => ({
      memberId,
      verdict: 'approve',
      revision: revisions,
      payloadHash: hashOf(revisions),
    })),
    redeemed: isRedeemed ? [token] : [],
    entries: [
      ...numbers.map((revision) =>
        entry(revision === 1 ? 'approval.requested' : 'approval.edited', revision),
      ),
      ...people.map((member) => entry('approval.voted', revisions, member)),
      ...(isRedeemed ? [entry('token.redeemed', revisions)] : []),
    ],
  };
}

const anySound = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.boolean())
  .map(([revisions, voters, isRedeemed]) => sound(revisions, voters, isRedeemed));

test("A request's rows say what its events say: status and execution, each revision's payload, each vote, each redemption", () => {
  fc.assert(
    fc.property(anySound, (request) => {
      expect(requestFaults(request)).toEqual([]);
    }),
  );
});

const tampered: Record<string, (request: WitnessedRequest) => WitnessedRequest> = {
  status: (request) => ({ ...request, status: 'rejected' }),
  execution: (request) => ({ ...request, execution: 'succeeded' }),
  'payload hash': (request) => ({ ...request, payloadHash: hashOf(99) }),
  revision: (request) => ({ ...request, revision: request.revision + 1 }),
  'a stored payload': (request) => ({
    ...request,
    revisions: request.revisions.map((each) => ({ ...each, isPayloadHashed: false })),
  }),
  'the last revision': (request) => ({ ...request, revisions: request.revisions.slice(0, -1) }),
  'a vote': (request) => ({ ...request, votes: request.votes.slice(1) }),
  'a voter': (request) => ({
    ...request,
    votes: request.votes.map((vote) => ({ ...vote, memberId: newId() })),
  }),
  'a redemption': (request) => ({ ...request, redeemed: request.redeemed.length > 0 ? [] : [newId()] }),
  'the first event': (request) => ({ ...request, entries: request.entries.slice(1), recordedStatus: null }),
};

test.each(Object.entries(tampered))('Changing %s is found, and the request named', (_what, tamper) => {
  fc.assert(
    fc.property(anySound, (request) => {
      const faults = requestFaults(tamper(request));
      expect(faults.length).toBeGreaterThan(0);
      for (const fault of faults) expect(fault).toContain(toWire('req', request.id));
    }),
  );
});
