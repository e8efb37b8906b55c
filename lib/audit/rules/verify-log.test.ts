import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkpointVerifier, signCheckpoint } from './checkpoint';
import { type AuditEntry, deriveOrgMacKey, detailHash, encodeEntry, eventMac, leafHash } from './entry';
import { entryColumns } from './entry-columns';
import { rootOf } from './merkle';
import type { DetailRow, SealedRow } from './sealed-row';
import { encodeTile, type TilePlace } from './tiles';
import { type LogEvidence, verifyLog } from './verify-log';

const ORG = 'org_1';
const ORIGIN = 'desk.test/log/org_1';
const SIZE = 700;
const signer = { name: ORIGIN, seed: Buffer.alloc(32, 5) };
const macKeyOf = new Map([['2026', deriveOrgMacKey(Buffer.alloc(32, 1), ORG)]]);

const sign = (rows: readonly SealedRow[], size = rows.length, as = signer, origin = ORIGIN) =>
  signCheckpoint({ origin, size, root: rootOf(rows.slice(0, size).map((row) => row.leaf)) }, as);

function seal(sequence: number, over: Partial<AuditEntry> = {}): SealedRow {
  const entry: AuditEntry = {
    v: 1,
    org: ORG,
    eventId: `evt_${sequence}`,
    at: new Date(Date.UTC(2026, 2, 1) + sequence * 1000).toISOString(),
    type: 'approval.voted',
    actor: { kind: 'member', id: `mem_${sequence % 5}`, via: 'web' },
    subject: { type: 'request', id: `req_${sequence % 50}` },
    request: `req_${sequence % 50}`,
    ...(sequence % 3 === 0 && { detailHash: detailHash(saltOf(sequence), bodyOf(sequence)) }),
    ...over,
  };
  const bytes = encodeEntry(entry);
  const leaf = leafHash(bytes);
  const columns = entryColumns(JSON.parse(bytes.toString()));
  return {
    sequence,
    eventId: entry.eventId,
    entry: bytes,
    leaf,
    mac: macOf(leaf),
    macKeyId: '2026',
    columns,
  };
}

function saltOf(sequence: number): Buffer {
  return Buffer.alloc(16, sequence);
}

function bodyOf(sequence: number): { note: string } {
  return { note: `n${sequence}` };
}

function macOf(leaf: Buffer): Buffer {
  return eventMac(macKeyOf.get('2026') ?? Buffer.alloc(0), leaf);
}

const original = Array.from({ length: SIZE }, (_, sequence) => seal(sequence));
const originalTiles = [0, 1].map((index) =>
  encodeTile(original.slice(index * 256, index * 256 + 256).map((row) => row.leaf)),
);
const steps = [0, 1, 100, 256, 400, 512, 600, 650, 690];
const originalCheckpoint = sign(original);
const earlier = steps.map((size) => sign(original, size));

let rows: SealedRow[];
let tiles: Buffer[];
let details: Map<string, DetailRow>;

beforeEach(() => {
  rows = original.map((row) => ({ ...row, columns: { ...row.columns } }));
  tiles = originalTiles.map((tile) => Buffer.from(tile));
  details = new Map(
    original
      .filter((row) => row.sequence % 3 === 0)
      .map((row) => [row.eventId, { salt: saltOf(row.sequence), body: bodyOf(row.sequence) }]),
  );
});

const verify = (over: Partial<LogEvidence> = {}) =>
  verifyLog({
    org: ORG,
    origin: ORIGIN,
    rows,
    verifiers: [checkpointVerifier(signer)],
    checkpoint: originalCheckpoint,
    earlierCheckpoints: earlier,
    macKey: (id) => macKeyOf.get(id),
    detail: (eventId) => details.get(eventId) ?? null,
    tile: ({ level, index }) => (level === 0 ? tiles[index] : undefined),
    ...over,
  });

const at = (sequence: number) => rows[sequence] ?? seal(-1);
const put = (sequence: number, over: Partial<SealedRow>) => {
  rows[sequence] = { ...at(sequence), ...over };
};
/** As the holder of the MAC key would: a different entry with everything else made to fit. */
const rewrite = (sequence: number) =>
  put(sequence, seal(sequence, { actor: { kind: 'member', id: 'mem_x', via: 'web' } }));
const renumber = () => {
  rows = rows.map((row, sequence) => ({ ...row, sequence }));
};

describe('a log', () => {
  it('that is whole is found whole', async () => {
    expect(await verify()).toEqual({ ok: true, events: SIZE, signed: SIZE, firstBad: null, findings: [] });
    const report = await verify({ savedCheckpoint: sign(original, 321) });
    expect(report.ok).toBe(true);
  });

  it('is read from an asynchronous source as well', async () => {
    async function* source() {
      yield* rows;
    }
    expect((await verify({ rows: source() })).ok).toBe(true);
  });

  it('stays whole when details are erased, and says so', async () => {
    details.clear();
    const report = await verify();
    expect(report).toMatchObject({ ok: true, firstBad: null });
    expect(report.findings).toEqual(['234 details are erased; what the entries say of them stands']);
  });

  it('is whole while some events wait for their checkpoint, and says how many', async () => {
    const report = await verify({ checkpoint: sign(original, 690), earlierCheckpoints: [] });
    expect(report).toMatchObject({ ok: true, signed: 690 });
    expect(report.findings).toEqual([
      '10 events after the last checkpoint are not yet covered by a signature',
    ]);
  });

  it('is checked without keys and tiles by an outsider, who is told what that leaves out', async () => {
    const report = await verify({ macKey: undefined, tile: undefined, detail: undefined });
    expect(report).toMatchObject({ ok: true, signed: SIZE });
    expect(report.findings).toEqual(['seals were not checked: no MAC key was given']);
  });

  it('without events and signatures is whole, without signatures alone is not', async () => {
    const none = { checkpoint: null, earlierCheckpoints: [] };
    expect((await verify({ ...none, rows: [] })).ok).toBe(true);
    const report = await verify(none);
    expect(report.ok).toBe(false);
    expect(report.findings[0]).toContain('nothing is signed');
  });
});

describe('the first bad event is named when', () => {
  const cases: [string, number, string, () => void][] = [
    [
      'an entry was changed',
      300,
      'entry was changed',
      () => put(300, { entry: seal(300, { at: '2026-01-01T00:00:00.000Z' }).entry }),
    ],
    [
      'one bit of an entry was flipped',
      5,
      'entry was changed',
      () => put(5, { entry: flipped(at(5).entry, 77) }),
    ],
    ['a leaf was changed', 301, 'leaf was changed', () => put(301, { leaf: flipped(at(301).leaf, 3) })],
    [
      'entry and leaf were changed together',
      302,
      'mac is not',
      () => put(302, { ...seal(302, { status: 'x' }), mac: at(302).mac }),
    ],
    ['a seal was changed', 303, 'mac is not', () => put(303, { mac: flipped(at(303).mac, 255) })],
    ['a seal names another key', 304, 'not known', () => put(304, { macKeyId: '2025' })],
    [
      'a searchable copy was changed',
      305,
      'column actorId',
      () => put(305, { columns: { ...at(305).columns, actorId: 'mem_9' } }),
    ],
    [
      'a searchable copy was emptied',
      306,
      'column requestId',
      () => put(306, { columns: { ...at(306).columns, requestId: null } }),
    ],
    [
      'a searchable copy was filled',
      307,
      'column agentId',
      () => put(307, { columns: { ...at(307).columns, agentId: 'agt_1' } }),
    ],
    ['an event id was changed', 308, 'event id', () => put(308, { eventId: 'evt_x' })],
    [
      'a detail was changed',
      309,
      'detail was changed',
      () => details.set('evt_309', { salt: saltOf(309), body: { note: 'x' } }),
    ],
    [
      'a salt was changed',
      312,
      'detail was changed',
      () => details.set('evt_312', { salt: saltOf(1), body: bodyOf(312) }),
    ],
    [
      'a detail was added',
      310,
      'entry has none',
      () => details.set('evt_310', { salt: saltOf(1), body: {} }),
    ],
    ['an event was deleted', 311, 'is missing', () => rows.splice(311, 1)],
    ['the first event was deleted', 0, 'is missing', () => rows.shift()],
    ['an event stands twice', 313, 'stands twice', () => rows.splice(314, 0, at(313))],
    ['two events changed places in the file', 314, 'is missing', () => rows.splice(314, 2, at(315), at(314))],
    ['the tail is missing', 695, 'the log ends after 695', () => rows.splice(695)],
    ['everything is missing', 0, 'the log ends after 0', () => rows.splice(0)],
    [
      'an event of another organisation was moved in',
      40,
      'another organisation',
      () => put(40, seal(40, { org: 'org_2' })),
    ],
    ['a tile was changed', 290, 'the tile does not', () => tiles[1]?.fill(0, 34 * 32, 34 * 32 + 1)],
    ['a tile is missing', 256, 'tile 0/1 is missing', () => tiles.pop()],
    [
      'a tile was cut short',
      256,
      'tile 0/1 is not whole',
      () => tiles.splice(1, 1, originalTiles[1]?.subarray(0, 320) ?? Buffer.alloc(0)),
    ],
  ];

  it.each(cases)('%s', async (_, sequence, what, tamper) => {
    tamper();
    const report = await verify();
    expect(report.ok).toBe(false);
    expect(report.firstBad).toMatchObject({ sequence, what: expect.stringContaining(what) });
  });
});

describe('a holder of the MAC key is found out', () => {
  it('by the tile, to the very event', async () => {
    rewrite(400);
    rewrite(411);
    const { firstBad } = await verify({ earlierCheckpoints: [] });
    expect(firstBad).toMatchObject({
      sequence: 400,
      what: expect.stringContaining('leaf differs from the tile 0/1'),
    });
    expect(firstBad?.last).toBeUndefined();
  });

  it('by the tile, when two events change places or one is slipped in or out', async () => {
    put(20, seal(20, { eventId: 'evt_21' }));
    put(21, seal(21, { eventId: 'evt_20' }));
    expect((await verify()).firstBad?.sequence).toBe(20);
    rows = original.toSpliced(33, 1);
    renumber();
    expect((await verify()).firstBad?.sequence).toBe(33);
    rows = original.toSpliced(44, 0, seal(44, { eventId: 'evt_new' }));
    renumber();
    expect((await verify()).firstBad?.sequence).toBe(44);
  });

  it('by the signed checkpoints, to the stretch between two, where no tile is full yet', async () => {
    rewrite(665);
    expect((await verify()).firstBad).toEqual({
      sequence: 650,
      last: 689,
      what: 'root does not match the earlier checkpoint of size 690',
    });
    expect((await verify({ tile: partialTile })).firstBad?.sequence).toBe(665);
  });

  it('by the one signed checkpoint, when everything unsigned was rewritten', async () => {
    rewrite(100);
    tiles[0] = encodeTile(rows.slice(0, 256).map((row) => row.leaf));
    const report = await verify({ earlierCheckpoints: [] });
    expect(report).toMatchObject({ ok: false, signed: 0, firstBad: { sequence: 0, last: 699 } });
    expect(report.findings).toContain(
      'one of the events 0 to 699: root does not match the signed checkpoint of size 700',
    );
  });

  it('by the saved checkpoint, when even the checkpoints were deleted or replaced', async () => {
    rewrite(100);
    tiles[0] = encodeTile(rows.slice(0, 256).map((row) => row.leaf));
    const own = { checkpoint: sign(rows), earlierCheckpoints: [] };
    expect((await verify(own)).ok).toBe(true);
    const report = await verify({ ...own, savedCheckpoint: sign(original, 500) });
    expect(report.firstBad).toMatchObject({
      sequence: 0,
      last: 499,
      what: expect.stringContaining('saved checkpoint of size 500'),
    });
    expect(
      (await verify({ ...own, checkpoint: sign(rows, SIZE, { name: ORIGIN, seed: randomBytes(32) }) })).ok,
    ).toBe(false);
  });
});

describe('a saved checkpoint', () => {
  it('finds an older snapshot put back', async () => {
    rows.splice(650);
    const older = { checkpoint: sign(original, 650), earlierCheckpoints: [] };
    expect((await verify(older)).ok).toBe(true);
    const report = await verify({ ...older, savedCheckpoint: originalCheckpoint });
    expect(report.firstBad).toMatchObject({
      sequence: 650,
      what: expect.stringContaining('saved checkpoint counts 700'),
    });
    expect(report.findings[0]).toBe('the latest checkpoint is older than the saved checkpoint of size 700');
  });

  it('finds a fork of the same size', async () => {
    rewrite(699);
    const report = await verify({ checkpoint: sign(rows), savedCheckpoint: originalCheckpoint });
    expect(report.firstBad).toMatchObject({ sequence: 690, last: 699 });
  });

  it('is refused when forged or of another log', async () => {
    const forged = sign(original, 500, { name: ORIGIN, seed: randomBytes(32) });
    const foreign = sign(original, 500, signer, 'desk.test/log/org_2');
    for (const savedCheckpoint of [forged, foreign, '', originalCheckpoint.replace('700', '701')]) {
      const report = await verify({ savedCheckpoint });
      expect(report).toMatchObject({ ok: false, firstBad: null });
      expect(report.findings[0]).toContain('saved checkpoint is not signed for this log');
    }
  });
});

it('finds every one of many random changes, and names the first', { timeout: 120_000 }, async () => {
  let seed = 1;
  const draw = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const few = original.slice(0, 40);
  const evidence = {
    checkpoint: sign(few),
    earlierCheckpoints: [],
    tile: (place: TilePlace) => partialTile(place, 40),
  };
  const kinds: ((sequence: number) => void)[] = [
    (n) => put(n, { entry: flipped(at(n).entry, draw(at(n).entry.length * 8)) }),
    (n) => put(n, { leaf: flipped(at(n).leaf, draw(256)) }),
    (n) => put(n, { mac: flipped(at(n).mac, draw(256)) }),
    (n) => put(n, { columns: { ...at(n).columns, type: 'approval.granted' } }),
    (n) => put(n, { columns: { ...at(n).columns, org: 'org_2' } }),
    (n) => rewrite(n),
    (n) => rows.splice(n, 1),
    (n) => rows.splice(n, 0, at(n)),
    (n) => rows.splice(n),
    (n) => {
      rows.splice(n, 1);
      renumber();
    },
    (n) => {
      rows.splice(n, 0, seal(n, { eventId: 'evt_new' }));
      renumber();
    },
    (n) => {
      rows.splice(n, 1, at((n + 1) % 40));
      renumber();
    },
  ];
  const total = 2400;
  let [missed, misnamed] = [0, 0];
  for (let count = 0; count < total; count++) {
    rows = few.map((row) => ({ ...row }));
    const sequence = draw(40);
    kinds[count % kinds.length]?.(sequence);
    const report = await verify(evidence);
    if (report.ok) missed++;
    if (report.firstBad?.sequence !== sequence) misnamed++;
  }
  console.log(`${total} random tampers: ${missed} missed, ${misnamed} misnamed`);
  expect({ missed, misnamed }).toEqual({ missed: 0, misnamed: 0 });
});

function flipped(bytes: Uint8Array, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

/** Level 0 as a store would hold it that keeps the unfinished tile too. */
function partialTile({ level, index }: TilePlace, size = SIZE): Buffer | undefined {
  if (level > 0) return undefined;
  const end = Math.min(size, index * 256 + 256);
  return Buffer.concat(original.slice(index * 256, end).map((row) => row.leaf));
}
