// A log is whole when every event is sound, none is missing or moved, and the signed roots are its roots.

import { type CheckpointVerifier, openCheckpoint } from './checkpoint';
import {
  type DetailRow,
  detailProblem,
  entryDetailHash,
  type MacKeyLookup,
  rowProblem,
  type SealedRow,
} from './sealed-row';
import {
  judgeBySignedRoots,
  type SignedRoot,
  type Stray,
  startTreeWalk,
  type TileLookup,
  type TreeWalk,
  walkLeaf,
} from './tree-walk';

/**
 * What is checked: one organisation's rows in stored order, and whatever else is at hand to hold them against.
 * `savedCheckpoint` was kept outside the house; `earlierCheckpoints` narrow the place of a change.
 */
export type LogEvidence = {
  org: string;
  origin: string;
  /** Names the same log had before, when its host was another. */
  formerOrigins?: readonly string[];
  rows: Iterable<SealedRow> | AsyncIterable<SealedRow>;
  verifiers: readonly CheckpointVerifier[];
  checkpoint: string | null;
  savedCheckpoint?: string;
  earlierCheckpoints?: readonly string[];
  macKey?: MacKeyLookup;
  detail?: (eventId: string) => DetailRow | null | Promise<DetailRow | null>;
  tile?: TileLookup;
};

/** `last` is set where the place is known only as a stretch: somewhere from `sequence` to `last`. */
export type BadEvent = { sequence: number; last?: number; eventId?: string; what: string };

/** `signed` counts the events that a matching checkpoint covers; `findings` are sentences, faults and remarks. */
export type LogReport = {
  ok: boolean;
  events: number;
  signed: number;
  firstBad: BadEvent | null;
  findings: string[];
};

/** `judged` counts the signed roots, in order of size, that the walk has passed. */
type Check = {
  log: LogEvidence;
  report: LogReport;
  walk: TreeWalk;
  signedRoots: SignedRoot[];
  judged: number;
  erased: number;
};

const MOST_FINDINGS = 100;

/** Reads the log once, holding a few kilobytes. Reports, and throws only what its sources throw. */
export async function verifyLog(log: LogEvidence): Promise<LogReport> {
  const report: LogReport = { ok: true, events: 0, signed: 0, firstBad: null, findings: [] };
  const check: Check = { log, report, walk: startTreeWalk(), signedRoots: [], judged: 0, erased: 0 };
  check.signedRoots = openSignedRoots(check);
  judge(check);
  let isInOrder = true;
  for await (const row of log.rows) {
    isInOrder &&= hasItsPlace(check, row);
    report.events++;
    if (isInOrder) await checkRow(check, row);
  }
  if (check.walk.stray) blameStray(check, check.walk.stray);
  if (isInOrder) requireEnd(check);
  report.signed = check.walk.proven;
  remark(check);
  return report;
}

function hasItsPlace(check: Check, row: SealedRow): boolean {
  const expected = check.walk.frontier.size;
  if (row.sequence === expected) return true;
  const { sequence, eventId } = row;
  if (sequence < expected) blame(check.report, { sequence, eventId, what: 'stands twice or out of order' });
  else blame(check.report, { sequence: expected, what: `is missing: the next event is number ${sequence}` });
  return false;
}

async function checkRow(check: Check, row: SealedRow): Promise<void> {
  const { log, walk, report } = check;
  const { sequence, eventId } = row;
  const problem = rowProblem(row, log.org, log.macKey);
  if (problem) blame(report, { sequence, eventId, what: problem });
  if (log.detail) {
    const detail = await log.detail(eventId);
    const changed = detailProblem(row, detail);
    if (changed) blame(report, { sequence, eventId, what: changed });
    if (!detail && entryDetailHash(row) !== null) check.erased++;
  }
  await walkLeaf(walk, row.leaf, log.tile);
  judge(check);
}

/** Compares with the roots signed for exactly the leaves read so far. */
function judge(check: Check): void {
  const { walk, signedRoots } = check;
  const first = check.judged;
  while (signedRoots[check.judged]?.size === walk.frontier.size) check.judged++;
  if (check.judged === first) return;
  for (const stray of judgeBySignedRoots(walk, signedRoots.slice(first, check.judged)))
    blameStray(check, stray);
}

function requireEnd({ report, walk, signedRoots }: Check): void {
  const { size } = walk.frontier;
  for (const signed of signedRoots) {
    if (signed.size <= size) continue;
    const what = `is missing: the ${signed.label} counts ${signed.size} events, the log ends after ${size}`;
    blame(report, { sequence: size, what });
  }
}

function blameStray({ report }: Check, { first, last, what }: Stray): void {
  blame(report, last > first ? { sequence: first, last, what } : { sequence: first, what });
}

function blame(report: LogReport, bad: BadEvent): void {
  report.ok = false;
  if (isEarlier(bad, report.firstBad)) report.firstBad = bad;
  const place =
    bad.last === undefined ? `event ${bad.sequence}` : `one of the events ${bad.sequence} to ${bad.last}`;
  say(report, `${place}: ${bad.what}`);
}

/** A stretch says nothing new when a bad event in it is known already. */
function isEarlier(bad: BadEvent, known: BadEvent | null): boolean {
  if (!known) return true;
  if (bad.last !== undefined && known.sequence <= bad.last) return false;
  return bad.sequence < known.sequence;
}

function say(report: LogReport, finding: string): void {
  if (report.findings.length < MOST_FINDINGS) report.findings.push(finding);
}

function openSignedRoots(check: Check): SignedRoot[] {
  const { checkpoint, savedCheckpoint, earlierCheckpoints = [] } = check.log;
  const latest = checkpoint === null ? null : openSignedRoot(check, checkpoint, 'signed checkpoint');
  const saved =
    savedCheckpoint === undefined ? null : openSignedRoot(check, savedCheckpoint, 'saved checkpoint');
  if (saved && (!latest || latest.size < saved.size)) {
    check.report.ok = false;
    say(check.report, `the latest checkpoint is older than the saved checkpoint of size ${saved.size}`);
  }
  const earlier = earlierCheckpoints.map((text) => openSignedRoot(check, text, 'earlier checkpoint'));
  const all = [...earlier, saved, latest].filter((signed) => signed !== null);
  return all.sort((a, b) => a.size - b.size);
}

function openSignedRoot(check: Check, text: string, label: string): SignedRoot | null {
  const origins = [check.log.origin, ...(check.log.formerOrigins ?? [])];
  for (const verifier of check.log.verifiers) {
    try {
      const { origin, size, root } = openCheckpoint(text, verifier);
      if (origins.includes(origin)) return { size, root, label };
    } catch {
      // Another key may have signed it.
    }
  }
  check.report.ok = false;
  say(check.report, `the ${label} is not signed for this log by a known key`);
  return null;
}

function remark({ log, report, signedRoots, walk, erased }: Check): void {
  const loose = report.events - walk.proven;
  if (signedRoots.length === 0 && report.events > 0) {
    report.ok = false;
    say(report, 'nothing is signed: there is no checkpoint to hold the log against');
  } else if (report.ok && loose > 0) {
    say(report, `${loose} events after the last checkpoint are not yet covered by a signature`);
  }
  if (!log.macKey) say(report, 'seals were not checked: no MAC key was given');
  if (erased > 0) say(report, `${erased} details are erased; what the entries say of them stands`);
}
