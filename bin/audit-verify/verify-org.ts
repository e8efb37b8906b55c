import { logOrigin, ownVerifier } from '@/lib/audit/checkpoint-key';
import {
  type LoadedEvent,
  loadCheckpoints,
  loadTile,
  sealedEventId,
  sealedEvents,
  sealedHorizon,
  unsealedEvents,
} from '@/lib/audit/load-log';
import { macKey } from '@/lib/audit/mac-key';
import { detailProblem, type MacKeyLookup, rowProblem } from '@/lib/audit/rules/sealed-row';
import { type LogReport, verifyLog } from '@/lib/audit/rules/verify-log';
import { type Context, systemContext } from '@/lib/kernel/context';
import { toWire } from '@/lib/kernel/ids';
import { secondWitness } from './second-witness';

/** What was found in one org's record. `checkpoint` is its latest signed note, to be kept outside the house. */
export type OrgReport = LogReport & {
  org: string;
  unsealed: number;
  requests: number;
  checkpoint: string | null;
};

/**
 * Recomputes one org's whole record: entries, MACs, details, order, tree, tiles, signatures, and the requests' rows
 * against it. `saved` are checkpoints of this log that were kept elsewhere. Changes nothing.
 */
export async function verifyOrg(org: string, saved: readonly string[]): Promise<OrgReport> {
  const ctx = systemContext(org);
  const horizon = await sealedHorizon();
  // Checkpoints before rows: what is signed meanwhile must not look missing.
  const { latest, earlier, left } = await loadCheckpoints(ctx);
  const lost: string[] = [];
  const report = await named(ctx, await verifySealed(ctx, latest, earlier, saved, lost));
  const waiting = await checkUnsealed(ctx, report, horizon);
  const { requests, faults } = await secondWitness(ctx);
  for (const fault of [...lost, ...faults]) blame(report, fault);
  if (left > 0) report.findings.push(`${left} of the older checkpoints were not opened, being so many`);
  return { ...report, org: toWire('org', org), unsealed: waiting, requests, checkpoint: latest };
}

/** A place found by hashes alone has a number and no name yet. */
async function named(ctx: Context, report: LogReport): Promise<LogReport> {
  const { firstBad } = report;
  if (!firstBad || firstBad.eventId !== undefined || firstBad.last !== undefined) return report;
  const eventId = await sealedEventId(ctx, firstBad.sequence);
  return eventId === undefined ? report : { ...report, firstBad: { ...firstBad, eventId } };
}

function verifySealed(
  ctx: Context,
  latest: string | null,
  earlier: string[],
  saved: readonly string[],
  lost: string[],
): Promise<LogReport> {
  const notes = [...earlier, ...saved, ...(latest === null ? [] : [latest])];
  const origins = originsOf(ctx.org, notes);
  const [newestSaved, ...otherSaved] = [...saved].sort((a, b) => sizeOf(b) - sizeOf(a));
  let current: LoadedEvent | null = null;
  async function* rows() {
    const onLost = (sequence: number, eventId: string) =>
      lost.push(`event ${sequence} (${eventId}): its seal stands, the event is gone`);
    for await (const event of sealedEvents(ctx, onLost)) {
      current = event;
      yield event.row;
    }
  }
  return verifyLog({
    org: toWire('org', ctx.org),
    origin: logOrigin(ctx.org),
    formerOrigins: origins,
    rows: rows(),
    verifiers: verifiersOf(ctx.org, origins),
    checkpoint: latest,
    ...(newestSaved !== undefined && { savedCheckpoint: newestSaved }),
    earlierCheckpoints: [...earlier, ...otherSaved],
    macKey: keysOf(ctx.org),
    detail: () => current?.detail ?? null,
    tile: (place) => loadTile(ctx, place),
  });
}

function keysOf(org: string): MacKeyLookup {
  return (id) => macKey(id, org) ?? undefined;
}

/** An installation that moved to another host or port has notes under each name; the key is the same. */
function originsOf(org: string, notes: readonly string[]): string[] {
  const tail = `/log/${toWire('org', org)}`;
  const origins = [logOrigin(org), ...notes.map((note) => note.slice(0, note.indexOf('\n')))];
  return [...new Set(origins)].filter((origin) => origin.endsWith(tail));
}

function verifiersOf(org: string, origins: readonly string[]) {
  const { publicKey } = ownVerifier();
  return origins.map((origin) => ({ name: origin.slice(0, -1 - toWire('org', org).length), publicKey }));
}

function sizeOf(note: string): number {
  return Number(note.split('\n')[1] ?? 0);
}

/** Events without a seal: faults where the sealer has passed them or they are not sound, else a remark. */
async function checkUnsealed(ctx: Context, report: LogReport, horizon: string): Promise<number> {
  const unsealed = await unsealedEvents(ctx, horizon);
  for (const { row, detail, passed } of unsealed) {
    const problem = rowProblem(row, toWire('org', ctx.org), keysOf(ctx.org)) ?? detailProblem(row, detail);
    if (problem) blame(report, `event ${row.eventId}, not yet sealed: ${problem}`);
    if (passed) blame(report, `event ${row.eventId} has no seal, though the sealer has passed it`);
  }
  const waiting = unsealed.filter((event) => !event.passed);
  const oldest = Math.max(0, ...waiting.map((event) => event.ageSeconds));
  if (waiting.length > 0) {
    const why = oldest > 10 ? ': no server or worker seals, or an open transaction holds it up' : '';
    report.findings.push(
      `${waiting.length} events are not yet sealed, the oldest for ${oldest.toFixed(0)} s${why}`,
    );
  }
  return unsealed.length;
}

function blame(report: LogReport, finding: string): void {
  report.ok = false;
  report.findings.push(finding);
}
