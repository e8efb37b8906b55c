import { type Context, requirePermission, type Transaction } from '@/lib/kernel/context';
import { toWire } from '@/lib/kernel/ids';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { transact } from '@/lib/kernel/transact';
import type { VoteRow } from './agent-view';
import { loadCandidates } from './candidates';
import { loadRequest, requestIdOf } from './load-request';
import type { RequestRow } from './request-row';
import { mayVote, type Voter } from './rules/eligibility';
import { statusAt } from './rules/lifecycle';
import { maskAlike, maskPayload, maskReasons } from './rules/masking';
import { fillDecision } from './rules/quorum';
import { requirementLabel } from './rules/requirement-label';
import { yourPart } from './rules/your-part';
import type { Person, RequestDetail } from './schema';
import { loadTimeline } from './timeline';
import { loadReader, loadVotes, votedOn } from './votes';

type RevisionRow = { revision: number; payload: string; editedBy: string | null; createdAt: Date };

/** Everything the request page shows, sensitive fields masked. Throws `not_found`. */
export async function showRequest(ctx: Context, wireId: string): Promise<RequestDetail & { now: string }> {
  requirePermission(ctx, 'request.read');
  return transact(ctx, async (open) => detailOf(open, await loadRequest(open, requestIdOf(wireId))));
}

async function detailOf(ctx: Transaction, request: RequestRow): Promise<RequestDetail & { now: string }> {
  const { asked, votes, revisions, reasons, candidates, reader, person } = await loadAround(ctx, request);
  const sensitive = request.ask.sensitive ?? [];
  const shown = (payload: JsonValue) => maskPayload(payload, sensitive);
  const status = statusAt(request, ctx.now);
  const quorum = fillDecision(request.verdict.requirements, currentApprovals(request, votes), request);
  const mayAudit = ctx.permissions.has('audit.reveal');
  const { verdict } = request;
  return {
    ...headOf(request, status, person(asked.agentOwnerId).name),
    ...askOf(request.ask),
    ...shown(request.payload),
    proposed: shown(payloadOf(revisions[0]) ?? request.payload).payload,
    payloadHash: request.payloadHash,
    revision: request.revision,
    editable: verdict.editable,
    reasons: maskReasons(verdict.reasons, sensitive),
    wouldAllowIf: verdict.wouldAllowIf,
    policy: { name: request.policyName, version: request.policyVersion, hash: request.policyHash },
    requirements: verdict.requirements.map((requirement, index) => ({
      ...requirement,
      label: requirementLabel(requirement.from, candidates.groupNames),
      met: quorum.filledBy[index]?.length ?? 0,
      filledBy: (quorum.filledBy[index] ?? []).map(person),
      candidates: candidatesFor(candidates.people, index, votes, request, ctx.actor.id),
      youCan: status === 'pending' && canFill(reader, asked, index),
    })),
    slots: quorum.slots,
    met: quorum.met,
    votes: votes.map((vote) => voteOf(vote, request, reasons, person)),
    edits: editsOf(revisions, shown, person),
    timeline: await loadTimeline(ctx, request.id),
    feedback: request.feedback,
    result: request.result,
    you: yourPart(
      reader,
      asked,
      ownVote(reader, votes, request),
      status,
      mayAudit,
      isOnlyEditors(request, votes),
    ),
    now: ctx.now.toISOString(),
  };
}

/** The rows around a request that its page speaks of. */
async function loadAround(ctx: Transaction, request: RequestRow) {
  const asked = await votedOn(ctx, request);
  const votes = await loadVotes(ctx, request);
  const revisions = await ctx.db.revision.findMany({
    where: { orgId: ctx.org, requestId: request.id },
    orderBy: { revision: 'asc' },
    select: { revision: true, payload: true, editedBy: true, createdAt: true },
  });
  const reasons = await voteReasons(ctx, request.id);
  const candidates = await loadCandidates(ctx, asked, request.verdict.requirements);
  const reader = await loadReader(ctx);
  const names = await loadNames(ctx, [
    ...votes.map((vote) => vote.memberId),
    ...revisions.flatMap((row) => row.editedBy ?? []),
    asked.agentOwnerId,
  ]);
  const person = (id: string): Person => ({ id: toWire('mem', id), name: names.get(id) ?? 'Former member' });
  return { asked, votes, revisions, reasons, candidates, reader, person };
}

/** What it is, whose, and when. */
function headOf(request: RequestRow, status: RequestDetail['status'], owner: string) {
  const { ask, verdict } = request;
  const iso = (date: Date | null) => date?.toISOString() ?? null;
  return {
    id: toWire('req', request.id),
    status,
    execution: request.execution,
    action: request.action,
    title: request.summary,
    risk: request.risk,
    environment: request.environment,
    counterparty: request.counterparty,
    initiator: request.initiator,
    agent: {
      id: toWire('agt', request.agentId),
      name: ask.agent.name,
      version: ask.context?.agentVersion ?? null,
      model: ask.context?.modelId ?? null,
      owner,
    },
    runId: request.runId,
    openedAt: request.openedAt.toISOString(),
    dueAt: iso(request.dueAt),
    expiresAt: iso(request.expiresAt),
    breachedAt: iso(request.breachedAt),
    decidedAt: iso(request.decidedAt),
    onBreach: verdict.onBreach,
  };
}

/** What the agent said for itself; what repeats the payload's fields is masked as the payload is. */
function askOf(ask: RequestRow['ask']) {
  const { diff = null, context = null, sensitive = [] } = ask;
  return {
    rationale: ask.rationale ?? null,
    confidence: ask.confidence ?? null,
    impact: ask.impact ?? null,
    reversibility: ask.reversibility ?? null,
    regulatory: ask.regulatory ?? null,
    alternatives: ask.alternatives ?? [],
    evidence: (ask.evidence ?? []).map((item) => ({ ...item, source: 'agent' as const })),
    diff: diff && {
      before: maskAlike(diff.before, sensitive),
      after: maskAlike(diff.after, sensitive),
    },
    context: context?.inputs ? { ...context, inputs: maskAlike(context.inputs, sensitive) } : context,
  };
}

function currentApprovals(request: RequestRow, votes: VoteRow[]): VoteRow[] {
  return votes.filter((vote) => vote.revision === request.revision && vote.verdict === 'approve');
}

function canFill(reader: Voter | null, asked: Parameters<typeof mayVote>[1], index: number): boolean {
  const eligibility = reader ? mayVote(reader, asked) : null;
  return eligibility?.ok === true && eligibility.fills.includes(index);
}

/** Who could fill a slot and has not voted: at most ten, the reader first. */
function candidatesFor(
  people: { id: string; name: string; fills: number[] }[],
  index: number,
  votes: VoteRow[],
  request: RequestRow,
  readerId: string,
): Person[] {
  const voted = new Set(
    votes.filter((vote) => vote.revision === request.revision).map((vote) => vote.memberId),
  );
  return people
    .filter((person) => person.fills.includes(index) && !voted.has(person.id))
    .sort((a, b) => Number(b.id === readerId) - Number(a.id === readerId) || a.name.localeCompare(b.name))
    .slice(0, 10)
    .map(({ id, name }) => ({ id: toWire('mem', id), name }));
}

function voteOf(
  { memberId, verdict, revision, at }: VoteRow,
  request: RequestRow,
  reasons: Map<string, string | null>,
  person: (id: string) => Person,
): RequestDetail['votes'][number] {
  const current = revision === request.revision;
  const reason = reasons.get(`${revision} ${memberId}`) ?? null;
  return { member: person(memberId), verdict, revision, current, reason, at: at.toISOString() };
}

function isOnlyEditors(request: RequestRow, votes: VoteRow[]): boolean {
  const approvals = currentApprovals(request, votes);
  const grave = request.risk === 'high' || request.risk === 'critical';
  return grave && approvals.length > 0 && approvals.every((vote) => request.editors.includes(vote.memberId));
}

function ownVote(reader: Voter | null, votes: VoteRow[], request: RequestRow): VoteRow['verdict'] | null {
  const own = votes.find((vote) => vote.memberId === reader?.id && vote.revision === request.revision);
  return own?.verdict ?? null;
}

function editsOf(
  revisions: RevisionRow[],
  shown: (payload: JsonValue) => { payload: JsonValue },
  person: (id: string) => Person,
): RequestDetail['edits'] {
  return revisions.flatMap((row, index) => {
    const [before, after] = [payloadOf(revisions[index - 1]), payloadOf(row)];
    if (!row.editedBy || before === undefined || after === undefined) return [];
    return [
      {
        revision: row.revision,
        by: person(row.editedBy),
        at: row.createdAt.toISOString(),
        before: shown(before).payload,
        after: shown(after).payload,
      },
    ];
  });
}

function payloadOf(row: RevisionRow | undefined): JsonValue | undefined {
  return row && JSON.parse(row.payload);
}

async function loadNames(ctx: Transaction, ids: string[]): Promise<Map<string, string>> {
  const rows = await ctx.db.member.findMany({
    where: { orgId: ctx.org, id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  });
  return new Map(rows.map((row) => [row.id, row.name]));
}

async function voteReasons(ctx: Transaction, requestId: string): Promise<Map<string, string | null>> {
  const rows = await ctx.db.vote.findMany({
    where: { orgId: ctx.org, requestId },
    select: { revision: true, memberId: true, reason: true },
  });
  return new Map(rows.map((row) => [`${row.revision} ${row.memberId}`, row.reason]));
}
