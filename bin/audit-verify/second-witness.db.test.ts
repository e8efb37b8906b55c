import { beforeEach, describe, expect, it } from 'vitest';
import type { AgentRequestView } from '@/lib/approvals/agent-view';
import { castVote } from '@/lib/approvals/cast-vote';
import { readRequest } from '@/lib/approvals/read-request';
import { contextOfToken, redeemToken } from '@/lib/approvals/redeem-token';
import { look, makeOrg, moveData, type TestOrg } from '@/lib/approvals/testing/test-org';
import { sealEvents, signLog } from '@/lib/audit/seal';
import { systemContext } from '@/lib/kernel/context';
import { fromWire } from '@/lib/kernel/ids';
import { canonicalJson, sha256Canonical } from '@/lib/kernel/json/canonical-json';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { secondWitness } from './second-witness';
import { verifyOrg } from './verify-org';

const large = { payload: { amount: 5000, to: 'DE89', note: 'march' } };
const forged = { payload: { amount: 90_000, to: 'XX01', note: 'march' } };
const forgedText = canonicalJson(forged.payload);
const forgedHash = sha256Canonical(forged.payload);

let org: TestOrg;
/** Edited by fay, approved by fay and finn, not yet redeemed. */
let view: AgentRequestView;
let request: string;

beforeEach(async () => {
  org = await makeOrg();
  const asked = await org.ask(large);
  await vote('fay', asked, { amount: 4000, to: 'DE89', note: 'march' });
  view = await readRequest(org.agent, asked.id);
  await vote('finn', view);
  view = await readRequest(org.agent, asked.id);
  request = fromWire('req', view.id) ?? '';
});

async function vote(
  name: string,
  { id, revision, payloadHash }: AgentRequestView,
  payload?: Record<string, JsonValue>,
): Promise<void> {
  const edit = payload && { payload };
  await castVote(org.person(name), id, { verdict: 'approve', revision, payloadHash, ...edit });
}

async function redeem(): Promise<void> {
  const { ctx, claims } = contextOfToken(view.token ?? '', view.payload, 'test');
  await redeemToken(ctx, claims);
}

async function faults(): Promise<string[]> {
  return (await secondWitness(systemContext(org.id))).faults;
}

describe("the second witness holds requests' rows against the record", () => {
  it('and finds nothing in an edited, approved and redeemed request beside others', async () => {
    const other = await org.ask();
    const { revision, payloadHash } = other;
    const no = { verdict: 'reject', revision, payloadHash, reason: 'Not like this' } as const;
    await castVote(org.person('fay'), other.id, no);
    await org.ask({ action: 'crm.read', payload: {} });
    await org.ask({ action: 'secrets.read', payload: {} });
    await org.ask();
    await redeem();
    expect(await secondWitness(systemContext(org.id))).toEqual({ requests: 5, faults: [] });
  });

  it('and finds an approved payload exchanged with both its hashes, so that verifying fails', async () => {
    await moveData(
      'UPDATE revisions SET payload = $3, payload_hash = $4 WHERE request_id = $1 AND revision = $2',
      [request, view.revision, forgedText, forgedHash],
    );
    await moveData('UPDATE requests SET payload_hash = $2 WHERE id = $1', [request, forgedHash]);
    await moveData('UPDATE votes SET payload_hash = $3 WHERE request_id = $1 AND revision = $2', [
      request,
      view.revision,
      forgedHash,
    ]);
    const fake = await readRequest(org.agent, view.id);
    expect(fake.payload).toEqual(forged.payload);
    for (const [grown, frontier] of await sealEvents(new Map())) await signLog(grown, frontier);
    const report = await verifyOrg(org.id, []);
    expect(report.ok).toBe(false);
    const found = report.findings.filter((finding) => finding.includes(view.id));
    expect(found).toContain(
      `request ${view.id} has the current revision 2 (${forgedHash}), and no event tells of it`,
    );
    expect(found.join()).toContain(`the payload of revision 2 (${view.payloadHash})`);
  });

  it('and finds a payload exchanged without its hash', async () => {
    await moveData('UPDATE revisions SET payload = $2 WHERE request_id = $1 AND revision = 1', [
      request,
      forgedText,
    ]);
    expect(await faults()).toEqual([
      `request ${view.id}: the payload of revision 1 is not what its hash says`,
    ]);
  });

  it('and finds a request moved back to an earlier revision', async () => {
    const [first] = await look('SELECT payload_hash FROM revisions WHERE request_id = $1 AND revision = 1', [
      request,
    ]);
    await moveData('UPDATE requests SET revision = 1, payload_hash = $2 WHERE id = $1', [
      request,
      first?.payload_hash,
    ]);
    expect(await faults()).toEqual([
      `request ${view.id} has the current revision 1 (${first?.payload_hash}), and no event tells of it`,
      `request ${view.id} has lost what its events tell of: the current revision 2 (${view.payloadHash})`,
    ]);
  });

  it('and finds a vote that was never cast, one that is gone, and one that was turned round', async () => {
    const [fay, finn] = [org.memberId('fay'), org.memberId('finn')];
    await moveData(
      `INSERT INTO votes (org_id, request_id, revision, member_id, verdict, payload_hash, via, at)
       SELECT org_id, request_id, revision, $2, verdict, payload_hash, via, at FROM votes WHERE request_id = $1 AND member_id = $3`,
      [request, org.memberId('flo'), fay],
    );
    await moveData('DELETE FROM votes WHERE request_id = $1 AND member_id = $2', [request, fay]);
    await moveData(`UPDATE votes SET verdict = 'reject' WHERE request_id = $1 AND member_id = $2`, [
      request,
      finn,
    ]);
    const found = await faults();
    expect(found).toHaveLength(4);
    for (const fault of found) expect(fault).toContain(`request ${view.id} has`);
    expect(found.filter((fault) => fault.includes('no event tells of it'))).toHaveLength(2);
    expect(found.filter((fault) => fault.includes('has lost'))).toHaveLength(2);
  });

  it('and finds a redemption taken back, and one that never was', async () => {
    const set = 'UPDATE tokens SET redeemed_at = $2 WHERE request_id = $1';
    await moveData(set, [request, new Date()]);
    expect((await faults()).join()).toMatch(
      new RegExp(`^request ${view.id} has the redemption of tok_\\w+, and no event tells of it$`),
    );
    await moveData(set, [request, null]);
    await redeem();
    await moveData(set, [request, null]);
    await moveData(`UPDATE requests SET execution = 'none' WHERE id = $1`, [request]);
    expect(await faults()).toEqual([
      `request ${view.id} has the execution none, and its events say redeemed`,
      expect.stringContaining(`request ${view.id} has lost what its events tell of: the redemption of tok_`),
    ]);
  });

  it('and finds a request that is gone', async () => {
    for (const table of ['votes', 'revisions', 'tokens'])
      await moveData(`DELETE FROM ${table} WHERE request_id = $1`, [request]);
    await moveData('DELETE FROM requests WHERE id = $1', [request]);
    expect(await faults()).toEqual([`request ${view.id} was opened, as an event tells, and is gone`]);
  });

  it('and keeps its mind when an entry is no longer an entry', async () => {
    await moveData(`UPDATE audit_events SET entry = '\\xff' WHERE request_id = $1 AND type = $2`, [
      request,
      'approval.edited',
    ]);
    await moveData(`UPDATE audit_events SET entry = '\\xff' WHERE request_id = $1 AND type = $2`, [
      request,
      'approval.requested',
    ]);
    expect((await faults()).join()).toContain(`request ${view.id} has the payload of revision 1`);
  });
});
