import { createHash, createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { AuditEntry, deriveOrgMacKey, detailHash, encodeEntry, eventMac, leafHash } from './entry';
import { differingColumn, entryColumns } from './entry-columns';
import { EventType } from './event-type';

const entry: AuditEntry = {
  v: 1,
  org: 'org_1',
  eventId: 'evt_1',
  at: '2026-03-01T12:00:00.000Z',
  type: 'approval.voted',
  actor: { kind: 'member', id: 'mem_1', via: 'web' },
  subject: { type: 'request', id: 'req_1' },
  request: 'req_1',
  run: undefined,
};

it('is written as canonical JSON, without what is absent', () => {
  expect(encodeEntry(entry).toString()).toBe(
    '{"actor":{"id":"mem_1","kind":"member","via":"web"},"at":"2026-03-01T12:00:00.000Z","eventId":"evt_1",' +
      '"org":"org_1","request":"req_1","subject":{"id":"req_1","type":"request"},"type":"approval.voted","v":1}',
  );
});

it('keeps unknown members, and refuses what is no entry', () => {
  const decision = {
    verdict: 'x',
    payloadHash: `sha256:${'a'.repeat(64)}`,
    revision: 1,
    policyHash: `sha256:${'b'.repeat(64)}`,
    policyVersion: 1,
    votes: [],
    later: true,
  };
  const wide = { ...entry, decision, novelty: { a: [1] } };
  expect(AuditEntry.parse(wide)).toEqual(wide);
  for (const bad of [
    { ...entry, v: 2 },
    { ...entry, type: 'approval.forgotten' },
    { ...entry, at: 'yesterday' },
    { ...entry, actor: { kind: 'ghost', id: 'x', via: 'web' } },
    { ...entry, detailHash: 'abc' },
    { ...entry, decision: { ...decision, votes: [{ member: 'mem_1', verdict: 'maybe', revision: 1 }] } },
  ]) {
    expect(AuditEntry.safeParse(bad).success).toBe(false);
  }
});

it('is hashed and sealed as the specification says', () => {
  const bytes = encodeEntry(entry);
  const leaf = createHash('sha256')
    .update(Buffer.concat([Buffer.from([0]), bytes]))
    .digest();
  expect(leafHash(bytes)).toEqual(leaf);
  const key = deriveOrgMacKey(Buffer.alloc(32, 1), 'org_1');
  expect(key).toHaveLength(32);
  expect(key).not.toEqual(deriveOrgMacKey(Buffer.alloc(32, 1), 'org_2'));
  expect(key).not.toEqual(deriveOrgMacKey(Buffer.alloc(32, 2), 'org_1'));
  const mac = createHmac('sha256', key)
    .update(Buffer.concat([Buffer.from('audit-v1'), leaf]))
    .digest();
  expect(eventMac(key, leaf)).toEqual(mac);
  const salted = createHash('sha256').update(
    Buffer.concat([Buffer.from('salt'), Buffer.from('{"a":1,"b":2}')]),
  );
  expect(detailHash(Buffer.from('salt'), { b: 2, a: 1 })).toBe(`sha256:${salted.digest('hex')}`);
});

it('names its searchable copies, and finds the one that differs', () => {
  const value = JSON.parse(encodeEntry(entry).toString());
  const columns = entryColumns(value);
  expect(columns).toEqual({
    org: 'org_1',
    eventId: 'evt_1',
    at: '2026-03-01T12:00:00.000Z',
    type: 'approval.voted',
    actorKind: 'member',
    actorId: 'mem_1',
    subjectType: 'request',
    subjectId: 'req_1',
    requestId: 'req_1',
    runId: null,
    action: null,
    status: null,
    agentId: null,
  });
  expect(differingColumn(value, columns)).toBeNull();
  for (const name of Object.keys(columns)) {
    expect(differingColumn(value, { ...columns, [name]: 'x' })).toBe(name);
  }
});

it('has a type in the form noun.verb', () => {
  for (const type of EventType.options) expect(type).toMatch(/^[a-z]+\.[a-z]+(_[a-z]+)*$/);
  expect(new Set(EventType.options).size).toBe(EventType.options.length);
});
