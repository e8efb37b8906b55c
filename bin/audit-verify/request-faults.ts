// A request's rows say what its events say: status and execution, each revision's payload, each vote, each redemption.

import type { AuditEntry } from '@/lib/audit/rules/entry';
import { toWire } from '@/lib/kernel/ids';

type Revision = { revision: number; payloadHash: string; isPayloadHashed: boolean };
type Vote = { memberId: string; verdict: string; revision: number; payloadHash: string };

/** One request's rows and what was recorded of it. Ids are UUIDs; `redeemed` are tokens; entries are in order of time. */
export type WitnessedRequest = {
  id: string;
  status: string;
  execution: string;
  revision: number;
  payloadHash: string;
  recordedStatus: string | null;
  reported: string | null;
  revisions: Revision[];
  votes: Vote[];
  redeemed: string[];
  entries: AuditEntry[];
};

/** A sentence for each difference between a request's rows and its events; none when all agree. */
export function requestFaults(request: WitnessedRequest): string[] {
  const { status, recordedStatus, revisions } = request;
  const name = `request ${toWire('req', request.id)}`;
  if (recordedStatus === null) return [`${name} is ${status}, and no event tells of it`];
  return [
    ...(recordedStatus === status ? [] : [`${name} is ${status}, and its last event says ${recordedStatus}`]),
    ...executionFaults(name, request),
    ...revisions
      .filter((revision) => !revision.isPayloadHashed)
      .map(({ revision }) => `${name}: the payload of revision ${revision} is not what its hash says`),
    ...differences(name, rowsSay(request), eventsSay(request)),
  ];
}

function executionFaults(name: string, { execution, reported, entries }: WitnessedRequest): string[] {
  const isRedeemed = entries.some((entry) => entry.type === 'token.redeemed');
  const executed = reported ?? (isRedeemed ? 'redeemed' : 'none');
  if (executed === execution) return [];
  return [`${name} has the execution ${execution}, and its events say ${executed}`];
}

function rowsSay({ revision, payloadHash, revisions, votes, redeemed }: WitnessedRequest): Set<string> {
  return new Set([
    currentText(revision, payloadHash),
    ...revisions.map((each) => revisionText(each.revision, each.payloadHash)),
    ...votes.map((vote) =>
      voteText(toWire('mem', vote.memberId), vote.verdict, vote.revision, vote.payloadHash),
    ),
    ...redeemed.map((token) => redemptionText(toWire('tok', token))),
  ]);
}

function eventsSay({ entries }: WitnessedRequest): Set<string> {
  const decisions = entries.flatMap((entry) => entry.decision ?? []);
  const newest = Math.max(...decisions.map((decision) => decision.revision));
  return new Set([
    ...decisions
      .filter((decision) => decision.revision === newest)
      .map((decision) => currentText(newest, decision.payloadHash)),
    ...decisions.map((decision) => revisionText(decision.revision, decision.payloadHash)),
    ...entries.flatMap(votesOf),
    ...entries
      .filter((entry) => entry.type === 'token.redeemed')
      .map((entry) => redemptionText(entry.token ?? 'a token without name')),
  ]);
}

function votesOf({ type, decision }: AuditEntry): string[] {
  if (type !== 'approval.voted' || !decision) return [];
  return decision.votes.map((vote) =>
    voteText(vote.member, vote.verdict, vote.revision, decision.payloadHash),
  );
}

function differences(name: string, rows: Set<string>, events: Set<string>): string[] {
  const missing = (from: Set<string>, among: Set<string>) => [...from].filter((text) => !among.has(text));
  return [
    ...missing(rows, events).map((text) => `${name} has ${text}, and no event tells of it`),
    ...missing(events, rows).map((text) => `${name} has lost what its events tell of: ${text}`),
  ];
}

function currentText(revision: number, hash: string): string {
  return `the current revision ${revision} (${hash})`;
}

function revisionText(revision: number, hash: string): string {
  return `the payload of revision ${revision} (${hash})`;
}

function voteText(member: string, verdict: string, revision: number, hash: string): string {
  return `the vote of ${member} to ${verdict} revision ${revision} (${hash})`;
}

function redemptionText(token: string): string {
  return `the redemption of ${token}`;
}
