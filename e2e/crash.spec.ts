import type { Client } from 'pg';
import { agent, open } from './agent';
import { revocation } from './asks';
import { query, withClient } from './database';
import { expect, signIn, test } from './fixtures';
import { uuidOf } from './ids';
import { type Server, startServer } from './server';

const requests = 30;
const reason = 'The key leaked in a public log.';
const terminal = ['approval.granted', 'approval.rejected', 'approval.expired', 'approval.cancelled'];

type Vote = { person: string; id: string };
type Cast = (vote: Vote) => Promise<number | null>;

test('A server killed among sixty votes loses none it acknowledged and doubles none', async ({ browser }) => {
  test.setTimeout(90_000);
  const opened = await Promise.all(Array.from({ length: requests }, () => open(revocation())));
  const votes = ['omar@northwind.test', 'ines@northwind.test'].flatMap((person) =>
    opened.map(({ id }): Vote => ({ person, id })),
  );
  const seen = new Map(opened.map((request) => [request.id, request]));
  const contexts = new Map([
    ['omar@northwind.test', await browser.newContext()],
    ['ines@northwind.test', await browser.newContext()],
  ]);
  for (const [email, context] of contexts) await signIn(context, email);
  const castAt =
    (server: Server): Cast =>
    async ({ person, id }) => {
      const { revision, payloadHash } = seen.get(id) ?? { revision: 0, payloadHash: '' };
      try {
        const answer = await contexts.get(person)?.request.post(`${server.url}/api/requests/${id}/votes`, {
          data: { verdict: 'approve', revision, payloadHash, reason },
          headers: { origin: server.url },
        });
        return answer?.status() ?? null;
      } catch {
        return null;
      }
    };

  const acknowledged = await test.step('the process dies with votes in flight', async () => {
    const server = await startServer({ WORKER: 'off' });
    const taken = await castUntilKilled(server, votes, castAt(server));
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.length).toBeLessThan(votes.length);
    return taken;
  });

  await test.step('every acknowledged vote is there, at once', async () => {
    const stored = await storedVotes(opened.map(({ id }) => id));
    for (const { person, id } of acknowledged)
      expect(stored.get(`${person} ${id}`), `${person} on ${id}`).toBe(1);
  });

  await test.step('a new process takes the rest; a repeated vote is the same vote', async () => {
    const server = await startServer({ WORKER: 'off' });
    const statuses = await Promise.all(votes.map(castAt(server)));
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    await server.stop();
  });

  await test.step('each vote once, each request one ending, each ending one token', async () => {
    const ids = opened.map(({ id }) => id);
    const stored = await storedVotes(ids);
    expect(votes.map(({ person, id }) => stored.get(`${person} ${id}`))).toEqual(votes.map(() => 1));
    await withClient('superuser', undefined, async (client) => {
      expect(await misended(client, ids)).toEqual([]);
      const [first = ''] = ids;
      const noticed = await withDoubledEnding(client, first, () => misended(client, ids));
      expect(noticed, 'the control').toEqual([uuidOf(first)]);
    });
    for (const id of ids)
      expect((await agent('sentinel').get(`/v1/requests/${id}`)).body.status).toBe('approved');
  });
  for (const context of contexts.values()) await context.close();
});

/** Casts all votes at once, kills the process (SIGKILL) after the tenth acknowledgement, and gives those acknowledged. */
async function castUntilKilled(server: Server, votes: Vote[], cast: Cast): Promise<Vote[]> {
  const taken: Vote[] = [];
  let killed: Promise<void> | null = null;
  await Promise.all(
    votes.map(async (vote) => {
      if ((await cast(vote)) !== 200) return;
      taken.push(vote);
      if (taken.length === 10) killed = server.stop('SIGKILL');
    }),
  );
  await killed;
  return taken;
}

/** How many votes each person has on each request, by `email id`. */
async function storedVotes(ids: string[]): Promise<Map<string, number>> {
  const rows = await query<{ email: string; request: string; count: string }>(
    'superuser',
    `SELECT m.email, v.request_id AS request, count(*) FROM votes v
       JOIN members m ON m.org_id = v.org_id AND m.id = v.member_id
      WHERE v.request_id = ANY($1::uuid[]) GROUP BY m.email, v.request_id`,
    [ids.map(uuidOf)],
  );
  const wire = new Map(ids.map((id) => [uuidOf(id), id]));
  return new Map(rows.map((row) => [`${row.email} ${wire.get(row.request)}`, Number(row.count)]));
}

/** Requests that did not end exactly once: by their events, tokens, or votes against events. */
async function misended(client: Client, ids: string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT r.id FROM requests r WHERE r.id = ANY($1::uuid[]) AND (
       1 <> (SELECT count(*) FROM audit_events e WHERE e.request_id = r.id AND e.type = ANY($2))
       OR 1 <> (SELECT count(*) FROM tokens t WHERE t.request_id = r.id)
       OR 2 <> (SELECT count(*) FROM audit_events e WHERE e.request_id = r.id AND e.type = 'approval.voted'))`,
    [ids.map(uuidOf), terminal],
  );
  return rows.map(({ id }) => id);
}

/** The control: shows the count one ending too many, in a transaction that never happened. */
async function withDoubledEnding(
  client: Client,
  id: string,
  count: () => Promise<string[]>,
): Promise<string[]> {
  await client.query('BEGIN');
  try {
    await client.query(
      `INSERT INTO audit_events (org_id, at, event_id, type, actor_kind, actor_id, subject_type, subject_id, request_id,
                                 action, status, agent_id, entry, leaf, mac, mac_key_id)
       SELECT org_id, at, gen_random_uuid(), type, actor_kind, actor_id, subject_type, subject_id, request_id,
              action, status, agent_id, entry, leaf, mac, mac_key_id
         FROM audit_events WHERE request_id = $1 AND type = 'approval.granted'`,
      [uuidOf(id)],
    );
    return await count();
  } finally {
    await client.query('ROLLBACK');
  }
}
