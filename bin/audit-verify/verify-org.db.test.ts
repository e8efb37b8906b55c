import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { submitRequest } from '@/lib/approvals/submit-request';
import { appendEvent } from '@/lib/audit/append-event';
import { macKey } from '@/lib/audit/mac-key';
import { encodeEntry, eventMac, leafHash } from '@/lib/audit/rules/entry';
import { sealEvents, signLog } from '@/lib/audit/seal';
import { createAgent } from '@/lib/identity/create-agent';
import { createApiKey } from '@/lib/identity/create-api-key';
import { permissionsOfRole, permissionsOfScopes } from '@/lib/identity/rules/permissions';
import type { Context } from '@/lib/kernel/context';
import { newId, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { publishPolicy } from '@/lib/policy/publish-policy';
import { verifyOrg } from './verify-org';

const policy = `version: 1
name: Test
default: require_approval
rules:
  - id: reading
    action: orders.read
    outcome: allow
    reason: Reading changes nothing
`;

let intruder: Client;
let org: string;
let agent: Context;

beforeAll(async () => {
  intruder = new Client({ connectionString: process.env.TEST_SUPERUSER_DATABASE_URL });
  await intruder.connect();
  // What every trigger refuses, a superuser can switch off: that is whom the signatures are for.
  await intruder.query('SET session_replication_role = replica');
});

afterAll(() => intruder.end());

beforeEach(async () => {
  org = newId();
  agent = await seatAgent();
  const ask = (number: number) => ({ action: 'orders.read', payload: { order: number } });
  await Promise.all(Array.from({ length: 300 }, (_, number) => submitRequest(agent, ask(number), null)));
  await submitRequest(agent, { action: 'payment.send', payload: { amount: 5 } }, null);
  await sealAndSign();
});

async function seatAgent(): Promise<Context> {
  const ownerId = newId();
  const base = { org, requestId: newId(), now: new Date() };
  const setup = {
    ...base,
    actor: { kind: 'system', id: 'system', via: 'setup' },
    permissions: new Set(),
  } as const;
  await transact({ ...setup, permissions: new Set() }, async ({ db, now }) => {
    await db.org.create({ data: { id: org, name: 'Test', createdAt: now } });
    const person = { email: `${ownerId}@desk.test`, name: 'Owner', role: 'owner', status: 'active' };
    await db.member.create({ data: { orgId: org, id: ownerId, ...person, createdAt: now } });
  });
  const owner: Context = {
    ...base,
    actor: { kind: 'member', id: ownerId, via: 'web' },
    permissions: permissionsOfRole('owner'),
  };
  await publishPolicy(owner, { name: 'test', baseVersion: 0, source: policy, note: 'First' });
  const { id } = await createAgent(owner, { name: 'clerk', ownerId, labels: {} });
  const { id: keyId } = await createApiKey(owner, { agentId: id });
  return {
    ...base,
    actor: { kind: 'agent', id, via: 'api', keyId, environment: 'production', initiator: null },
    permissions: permissionsOfScopes(['requests']),
  };
}

/** Until nothing waits: another transaction of this server may hold the horizon for some seconds. */
async function sealAndSign(): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    for (const [grown, frontier] of await sealEvents(new Map())) await signLog(grown, frontier);
    const { rows } = await intruder.query(
      `SELECT FROM audit_events e WHERE org_id = $1
        AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.org_id = e.org_id AND s.event_id = e.event_id) LIMIT 1`,
      [org],
    );
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the events were not sealed');
}

async function eventAt(sequence: number) {
  const { rows } = await intruder.query(
    `SELECT e.*, s.sequence FROM audit_seals s JOIN audit_events e USING (org_id, event_id)
      WHERE s.org_id = $1 AND s.sequence = $2`,
    [org, sequence],
  );
  return rows[0];
}

/** A rewrite by someone who holds the database and the MAC key: entry, leaf, MAC, seal and columns all agree. */
async function rewrite(sequence: number): Promise<string> {
  const event = await eventAt(sequence);
  const entry = encodeEntry({ ...JSON.parse(event.entry.toString()), action: 'orders.reap' });
  const leaf = leafHash(entry);
  const mac = eventMac(macKey(event.mac_key_id, org) ?? Buffer.alloc(0), leaf);
  const of = [org, event.event_id];
  await intruder.query(
    `UPDATE audit_events SET entry = $3, leaf = $4, mac = $5, action = 'orders.reap' WHERE org_id = $1 AND event_id = $2`,
    [...of, entry, leaf, mac],
  );
  await intruder.query('UPDATE audit_seals SET leaf = $3 WHERE org_id = $1 AND event_id = $2', [...of, leaf]);
  return toWire('evt', event.event_id);
}

describe('the record of an org', () => {
  it('that nobody touched is found whole, against a checkpoint saved earlier too', async () => {
    const { checkpoint } = await verifyOrg(org, []);
    await submitRequest(agent, { action: 'orders.read', payload: { order: 'later' } }, null);
    await sealAndSign();
    const report = await verifyOrg(org, [checkpoint ?? '']);
    expect(report).toMatchObject({ ok: true, firstBad: null, findings: [], unsealed: 0, requests: 302 });
    expect(report.signed).toBe(report.events);
    expect(report.events).toBeGreaterThan(302);
  });

  it('with one flipped byte in an entry names that event', async () => {
    const { event_id, entry } = await eventAt(150);
    entry[entry.length - 5] ^= 1;
    await intruder.query('UPDATE audit_events SET entry = $3 WHERE org_id = $1 AND event_id = $2', [
      org,
      event_id,
      entry,
    ]);
    const report = await verifyOrg(org, []);
    expect(report.ok).toBe(false);
    expect(report.firstBad).toEqual({
      sequence: 150,
      eventId: toWire('evt', event_id),
      what: 'entry was changed',
    });
  });

  it('without its tail says where it ends and how long it was', async () => {
    const { events } = await verifyOrg(org, []);
    await intruder.query(
      'DELETE FROM audit_events e USING audit_seals s WHERE e.org_id = $1 AND s.org_id = $1 AND s.event_id = e.event_id AND s.sequence >= $2',
      [org, events - 3],
    );
    const half = await verifyOrg(org, []);
    await intruder.query('DELETE FROM audit_seals WHERE org_id = $1 AND sequence >= $2', [org, events - 3]);
    const gone = await verifyOrg(org, []);
    for (const report of [half, gone]) {
      expect(report.ok).toBe(false);
      expect(report.firstBad?.sequence).toBe(events - 3);
      expect(report.firstBad?.what).toMatch(/is missing: the (signed|earlier) checkpoint counts/);
    }
    expect(half.findings.join()).toContain('its seal stands, the event is gone');
  });

  it('rewritten with the MAC key does not match its tile and signed root, and the place is named', async () => {
    const id = await rewrite(77);
    const report = await verifyOrg(org, []);
    expect(report.ok).toBe(false);
    expect(report.firstBad).toMatchObject({ sequence: 77, eventId: id });
    expect(report.firstBad?.what).toMatch(/leaf differs from the tile.*root does not match/);
  });

  it('cut short together with seals and checkpoints is caught by a checkpoint kept elsewhere', async () => {
    const { checkpoint, events } = await verifyOrg(org, []);
    const requests = await intruder.query(
      'SELECT request_id FROM audit_events e JOIN audit_seals s USING (org_id, event_id) WHERE org_id = $1 AND sequence >= $2',
      [org, events - 2],
    );
    await intruder.query(
      'DELETE FROM audit_events e USING audit_seals s WHERE e.org_id = $1 AND s.org_id = $1 AND s.event_id = e.event_id AND s.sequence >= $2',
      [org, events - 2],
    );
    await intruder.query('DELETE FROM requests WHERE org_id = $1 AND id = ANY($2::uuid[])', [
      org,
      requests.rows.map((row) => row.request_id),
    ]);
    await intruder.query('DELETE FROM audit_seals WHERE org_id = $1 AND sequence >= $2', [org, events - 2]);
    await intruder.query('DELETE FROM audit_checkpoints WHERE org_id = $1', [org]);
    const report = await verifyOrg(org, [checkpoint ?? '']);
    expect(report.firstBad).toMatchObject({ sequence: events - 2 });
    expect(report.findings.join()).toContain('saved checkpoint');
  });

  it('whose detail was changed names the event', async () => {
    const { event_id } = await eventAt(40);
    await intruder.query(
      `UPDATE audit_details SET body = '{"ask":null}' WHERE org_id = $1 AND event_id = $2`,
      [org, event_id],
    );
    const report = await verifyOrg(org, []);
    expect(report.firstBad).toEqual({
      sequence: 40,
      eventId: toWire('evt', event_id),
      what: 'detail was changed',
    });
  });

  it('that a request no longer agrees with tells which request', async () => {
    const { rows } = await intruder.query(
      `UPDATE requests SET status = 'cancelled' WHERE org_id = $1 AND status = 'pending' RETURNING id`,
      [org],
    );
    const report = await verifyOrg(org, []);
    expect(report.ok).toBe(false);
    expect(report.findings).toEqual([
      `request ${toWire('req', rows[0].id)} is cancelled, and its last event says pending`,
    ]);
  });

  it('with an event put in behind the sealer has one without a seal', async () => {
    const id = await transact(agent, (open) =>
      appendEvent(open, { type: 'org.created', subject: { type: 'org', id: toWire('org', org) } }),
    );
    const fresh = await verifyOrg(org, []);
    expect(fresh).toMatchObject({ ok: true, unsealed: 1 });
    await intruder.query(`UPDATE audit_events SET xid = '3' WHERE org_id = $1 AND event_id = $2`, [org, id]);
    const report = await verifyOrg(org, []);
    expect(report.findings.join()).toContain(
      `event ${toWire('evt', id)} has no seal, though the sealer has passed it`,
    );
    expect(report.ok).toBe(false);
  });
});
