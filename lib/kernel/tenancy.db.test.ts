import { Client, DatabaseError, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelRequest } from '@/lib/approvals/cancel-request';
import { castVote } from '@/lib/approvals/cast-vote';
import { readRequest } from '@/lib/approvals/read-request';
import { contextOfToken, redeemToken } from '@/lib/approvals/redeem-token';
import { submitRequest } from '@/lib/approvals/submit-request';
import { look, makeOrg, moveData, type TestOrg, withConnection } from '@/lib/approvals/testing/test-org';
import { connectionOf, database } from './database';
import { fromWire, newId, toWire } from './ids';
import { transact } from './transact';

const urls: Record<string, string> = {
  app: process.env.DATABASE_URL ?? '',
  auth: process.env.AUTH_DATABASE_URL ?? '',
  sealer: process.env.SEALER_DATABASE_URL ?? '',
  sweep: process.env.SWEEP_DATABASE_URL ?? '',
  jobs: process.env.JOBS_DATABASE_URL ?? '',
};

/** Unique keys that do not begin with the org, each for its reason. */
const orglessKeys = ['api_keys_public_id_key']; // a key is looked up before any org is known

let app: Client;
let a: TestOrg;
let b: TestOrg;
let tables: string[];

beforeAll(async () => {
  app = new Client(connectionOf('app'));
  await app.connect();
  [a, b] = [await makeOrg(), await makeOrg()];
  for (const org of [a, b]) await fill(org);
  const rows = await look<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'org_id'
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  );
  tables = rows.map((row) => row.name);
});

afterAll(() => app.end());

/** One row at least in every table that the app may write. */
async function fill(org: TestOrg): Promise<void> {
  const claim = {
    principal: toWire('agt', org.agentId),
    route: 'authorize',
    key: 'k',
    fingerprint: Buffer.alloc(32),
  };
  await submitRequest(org.agent, { action: 'crm.read', payload: {} }, claim);
  const { id, revision, payloadHash } = await org.ask();
  await castVote(org.person('fay'), id, { verdict: 'approve', revision, payloadHash });
  await org.ask();
  await transact(org.agent, async (open) => {
    await open.db.$executeRaw`INSERT INTO rate_windows VALUES (${org.id}::uuid, 's', now(), 1)`;
    await open.db.$executeRaw`INSERT INTO outbox (org_id, id, channel, recipient, subject, created_at)
      VALUES (${org.id}::uuid, ${newId()}::uuid, 'email', 'a', 'b', now())`;
  });
}

/** The SQLSTATE that a statement fails with, in a transaction of this org that is always undone; null when it passes. */
async function refusal(
  org: string | null,
  sql: string,
  values: unknown[] = [],
  client = app,
): Promise<string | null> {
  await client.query('BEGIN');
  try {
    if (org) await client.query(`SELECT set_config('app.org_id', $1, true)`, [org]);
    await client.query(sql, values);
    return null;
  } catch (error) {
    if (error instanceof DatabaseError) return error.code ?? '';
    throw error;
  } finally {
    await client.query('ROLLBACK');
  }
}

const counted = async (sql: string, values: unknown[] = []) =>
  (await look<{ n: number }>(sql, values))[0]?.n ?? -1;

describe('what the catalogue says', () => {
  test('Every table with an org has row-level security enabled, forced and with a policy', async () => {
    const bad = await look(
      `SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND (c.relname = 'orgs' OR EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'org_id'))
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                   AND (c.relispartition OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)))`,
    );
    expect(bad).toEqual([]);
    console.info(`tenancy: ${tables.length} tables with an org`);
    expect(tables.length).toBeGreaterThan(15);
  });

  test('Partitions of the record are reached through their table alone', async () => {
    const open = await look(
      `SELECT c.relname, r.rolname FROM pg_class c CROSS JOIN pg_roles r
        WHERE c.relispartition AND c.relkind = 'r' AND r.rolname LIKE 'countersign\\_%' AND r.rolname <> 'countersign_owner'
          AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')`,
    );
    expect(open).toEqual([]);
  });

  test('No runtime role owns a table, is a superuser, bypasses row-level security or may become another', async () => {
    const rows = await look(
      `SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication,
              (SELECT count(*)::int FROM pg_class c WHERE c.relowner = r.oid AND c.relnamespace = 'public'::regnamespace) AS owns,
              (SELECT count(*)::int FROM pg_auth_members m WHERE m.member = r.oid) AS becomes
         FROM pg_roles r WHERE r.rolname = ANY($1) ORDER BY 1`,
      [Object.keys(urls).map((role) => `countersign_${role}`)],
    );
    expect(rows).toHaveLength(5);
    for (const { rolname, ...powers } of rows) {
      const none = {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
      };
      expect(powers, rolname).toEqual({ ...none, owns: 0, becomes: 0 });
    }
  });

  test('Every foreign key between tables with an org carries the org', async () => {
    const bad = await look(
      `SELECT conname FROM pg_constraint f
        WHERE f.contype = 'f' AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = f.conrelid AND t.attname = 'org_id')
          AND NOT EXISTS (
            SELECT FROM unnest(f.conkey, f.confkey) AS pair (own, other)
              JOIN pg_attribute o ON o.attrelid = f.conrelid AND o.attnum = pair.own AND o.attname = 'org_id'
              JOIN pg_attribute p ON p.attrelid = f.confrelid AND p.attnum = pair.other
               AND p.attname = CASE WHEN f.confrelid = 'orgs'::regclass THEN 'id' ELSE 'org_id' END)`,
    );
    expect(bad).toEqual([]);
  });

  test('Every unique key of a table with an org begins with it', async () => {
    const rows = await look<{ name: string }>(
      `SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
          AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'org_id')
          AND (SELECT t.attname FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attnum = i.indkey[0]) <> 'org_id'`,
    );
    expect(rows.map((row) => row.name)).toEqual(orglessKeys);
  });
});

describe('what another org sees', () => {
  const readable = async () => {
    const rows = await look<{ name: string }>(
      `SELECT name FROM unnest($1::text[]) AS name WHERE has_table_privilege('countersign_app', name, 'SELECT')`,
      [tables],
    );
    return rows.map((row) => row.name);
  };

  test('Without an org the app sees no row of any table, and with one only its own', async () => {
    const names = await readable();
    let filled = 0;
    for (const table of names) {
      const { rows } = await app.query(`SELECT count(*)::int AS n FROM ${table}`);
      expect(rows[0].n, table).toBe(0);
      await app.query('BEGIN');
      await app.query(`SELECT set_config('app.org_id', $1, true)`, [b.id]);
      const own = await app.query(
        `SELECT count(*)::int AS n, count(*) FILTER (WHERE org_id <> $1)::int AS foreign FROM ${table}`,
        [b.id],
      );
      await app.query('ROLLBACK');
      const all = await counted(`SELECT count(*)::int AS n FROM ${table} WHERE org_id = $1`, [b.id]);
      expect(own.rows[0], table).toEqual({ n: all, foreign: 0 });
      if (all > 0) filled++;
    }
    expect((await app.query('SELECT count(*)::int AS n FROM orgs')).rows[0].n).toBe(0);
    console.info(`tenancy: ${names.length} tables read without where, ${filled} of them filled`);
    expect(filled).toBeGreaterThan(13);
  });

  test('With every where removed, updates and deletes reach only the own rows', async () => {
    const grants = await look<{ table: string; column: string }>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.column_privileges
        WHERE grantee = 'countersign_app' AND privilege_type = 'UPDATE' AND table_schema = 'public' ORDER BY 1, 2`,
    );
    for (const { table, column } of grants) {
      const key = table === 'orgs' ? 'id' : 'org_id';
      await app.query('BEGIN');
      await app.query(`SELECT set_config('app.org_id', $1, true)`, [b.id]);
      const { rowCount } = await app.query(`UPDATE ${table} SET ${column} = ${column}`);
      await app.query('ROLLBACK');
      expect(rowCount, `${table}.${column}`).toBe(
        await counted(`SELECT count(*)::int AS n FROM ${table} WHERE ${key} = $1`, [b.id]),
      );
    }
    for (const table of ['group_members', 'idempotency']) {
      await app.query('BEGIN');
      await app.query(`SELECT set_config('app.org_id', $1, true)`, [b.id]);
      const { rowCount } = await app.query(`DELETE FROM ${table}`);
      await app.query('ROLLBACK');
      expect(rowCount, table).toBe(
        await counted(`SELECT count(*)::int AS n FROM ${table} WHERE org_id = $1`, [b.id]),
      );
    }
    console.info(
      `tenancy: ${grants.length} columns updated and 2 tables emptied without where, 0 foreign rows reached`,
    );
  });

  test('A row of another org can be neither written as its own nor as theirs', async () => {
    const refused: string[] = [];
    const linked = await look<{ name: string }>(
      `SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint
        WHERE contype = 'f' AND confrelid <> 'orgs'::regclass AND conrelid::regclass::text = ANY($1)`,
      [tables],
    );
    for (const table of await readable()) {
      const [row] = await look(`SELECT to_jsonb(t) AS own FROM ${table} t WHERE org_id = $1 LIMIT 1`, [a.id]);
      if (!row) continue;
      const insert = `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`;
      // A vote's trigger looks for its request first, and finds none in this org.
      const asTheirs = table === 'votes' ? 'CS003' : '42501';
      expect(await refusal(b.id, insert, [row.own]), `${table} as theirs`).toBe(asTheirs);
      expect(await refusal(null, insert, [row.own]), `${table} without an org`).toBe(asTheirs);
      refused.push(table);
      if (!linked.some(({ name }) => name === table)) continue;
      // Names are free in their org, so that only the link is in the way.
      const stolen = {
        ...row.own,
        org_id: b.id,
        ...(row.own.name && { name: 'stolen' }),
        ...(table === 'policies' && { agent_id: a.agentId }),
        ...(row.own.public_id && { public_id: 'x'.repeat(12) }),
      };
      expect(['23503', 'CS001', 'CS003'], `${table} as its own`).toContain(
        await refusal(b.id, insert, [stolen]),
      );
    }
    console.info(
      `tenancy: rows of ${refused.length} tables refused as theirs, ${linked.length} with links refused as its own`,
    );
  });

  test('No context survives a transaction that failed, was cancelled, timed out or gave its connection back', async () => {
    const pool = new Pool({ ...connectionOf('app'), max: 4 });
    const ends = [
      'SELECT 1/0',
      `SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)`,
      'INSERT INTO orgs VALUES (NULL)',
      'ROLLBACK',
      'COMMIT',
      'SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(1)',
      `DO $$ BEGIN RAISE EXCEPTION 'no'; END $$`,
    ];
    const aborts = 1000;
    let seen = 0;
    const abort = async (round: number) => {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query(`SELECT set_config('app.org_id', $1, true)`, [round % 2 ? a.id : b.id]);
        await client.query(ends[(round * 31) % ends.length] ?? '').catch(() => undefined);
        await client.query('ROLLBACK');
        const { rows } = await client.query(
          `SELECT coalesce(current_setting('app.org_id', true), '') AS org, (SELECT count(*)::int FROM requests) AS n`,
        );
        if (rows[0].org !== '' || rows[0].n !== 0) seen++;
      } finally {
        client.release();
      }
    };
    for (let round = 0; round < aborts; round += 4)
      await Promise.all([0, 1, 2, 3].map((offset) => abort(round + offset)));
    await pool.end();
    console.info(`tenancy: ${aborts} aborted transactions, ${seen} left a context behind`);
    expect(seen).toBe(0);
  });

  test('A verb that throws leaves nothing of its org on the pooled connection', async () => {
    const rounds = 200;
    for (let round = 0; round < rounds; round++) {
      const failing = transact(a.agent, async (open) => {
        await open.db.$queryRaw`SELECT 1 FROM requests`;
        if (round % 2) await open.db.$executeRaw`SELECT 1/0`;
        throw new Error('the verb failed');
      });
      await expect(failing).rejects.toThrow();
      const [row] = await database('app').$queryRaw<{ n: bigint }[]>`SELECT count(*) AS n FROM requests`;
      expect(Number(row?.n)).toBe(0);
    }
  });
});

describe('what nobody may do to the record', () => {
  const record = ['audit_events', 'audit_details', 'audit_seals', 'audit_tiles', 'audit_checkpoints'];

  test('Every runtime role is refused to change, empty, alter or step around it', async () => {
    const partition = (
      await look<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relispartition AND relkind = 'r' LIMIT 1`,
      )
    )[0]?.name;
    const statements = [
      ...record.flatMap((table) => [
        `UPDATE ${table} SET org_id = org_id`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
        `DROP TABLE ${table}`,
        `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
        `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`,
        `DROP TRIGGER ${table}_append_only ON ${table}`,
        `CREATE TRIGGER x BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION record_is_append_only()`,
        `CREATE RULE x AS ON INSERT TO ${table} DO INSTEAD NOTHING`,
        `COPY ${table} FROM PROGRAM 'true'`,
      ]),
      `DELETE FROM ${partition}`,
      `TRUNCATE ${partition}`,
      `SELECT * FROM ${partition}`,
      `ALTER TABLE audit_events DETACH PARTITION ${partition}`,
      `DROP FUNCTION record_is_append_only()`,
      `CREATE OR REPLACE FUNCTION record_is_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
      `CREATE TABLE mine (id int)`,
      'SET session_replication_role = replica',
      'SET ROLE countersign_owner',
      'SET ROLE countersign_retention',
      'SET ROLE postgres',
    ];
    let refused = 0;
    for (const [role, url] of Object.entries(urls)) {
      await withConnection(url, async (client) => {
        for (const sql of statements) {
          expect(await refusal(a.id, sql, [], client), `${role}: ${sql}`).toBe('42501');
          refused++;
        }
      });
    }
    console.info(`record: ${refused} statements of ${Object.keys(urls).length} roles refused`);
  });

  test('Roles other than the app write no event and no seal but the sealer', async () => {
    const event = 'INSERT INTO audit_events (org_id, at) VALUES (gen_random_uuid(), now())';
    const seal = `INSERT INTO audit_seals VALUES (gen_random_uuid(), 0, gen_random_uuid(), now(), '')`;
    for (const role of ['auth', 'sealer', 'sweep', 'jobs'])
      expect(await withConnection(urls[role] ?? '', (client) => refusal(null, event, [], client)), role).toBe(
        '42501',
      );
    for (const role of ['app', 'auth', 'sweep', 'jobs'])
      expect(await withConnection(urls[role] ?? '', (client) => refusal(null, seal, [], client)), role).toBe(
        '42501',
      );
  });

  test('Not even the owner or a superuser changes it while its triggers stand', async () => {
    const kept = [...record, 'policy_versions', 'revisions', 'votes'];
    await withConnection(process.env.TEST_SUPERUSER_DATABASE_URL ?? '', async (client) => {
      for (const table of ['audit_events', 'audit_details', 'policy_versions', 'revisions', 'votes']) {
        expect(await refusal(null, `UPDATE ${table} SET org_id = org_id`, [], client), table).toBe('CS004');
        expect(await refusal(null, `DELETE FROM ${table}`, [], client), table).toBe('CS004');
      }
    });
    await withConnection(process.env.TEST_OWNER_DATABASE_URL ?? '', async (client) => {
      for (const table of kept)
        expect(await refusal(null, `TRUNCATE ${table} CASCADE`, [], client), table).toBe('CS004');
    });
  });
});

describe('what the database refuses of a request by itself', () => {
  const uuid = (wire: string) => fromWire('req', wire) ?? '';
  const update = (id: string, set: string) =>
    refusal(a.id, `UPDATE requests SET ${set} WHERE id = '${uuid(id)}'`);
  const voteRow = (id: string, more: Record<string, unknown>) => {
    const insert = `INSERT INTO votes (org_id, request_id, revision, member_id, actor_kind, verdict, payload_hash, via, at)
      SELECT org_id, id, $2, $3, $4, $5, payload_hash, 'web', now() FROM requests WHERE id = $1`;
    const { revision = 1, member = a.memberId('fay'), kind = 'member', verdict = 'approve' } = more;
    return refusal(a.id, insert, [uuid(id), revision, member, kind, verdict]);
  };

  /** A request in each state that ends. */
  async function ended(): Promise<Map<string, string>> {
    const ask = async () => {
      const { id, revision, payloadHash } = await a.ask();
      return { id, vote: { revision, payloadHash } };
    };
    const [approved, rejected, cancelled, old, expired] = [
      await ask(),
      await ask(),
      await ask(),
      await ask(),
      await ask(),
    ];
    await castVote(a.person('fay'), approved.id, { verdict: 'approve', ...approved.vote });
    await castVote(a.person('fay'), rejected.id, { verdict: 'reject', reason: 'no', ...rejected.vote });
    await cancelRequest(a.agent, cancelled.id, {});
    await a.ask({ supersedes: old.id });
    await moveData(
      `UPDATE requests SET expires_at = now(), status = 'expired', decided_at = now() WHERE id = $1`,
      [uuid(expired.id)],
    );
    return new Map([
      ['allowed', (await a.ask({ action: 'crm.read' })).id],
      ['denied', (await a.ask({ action: 'secrets.read' })).id],
      ['approved', approved.id],
      ['rejected', rejected.id],
      ['cancelled', cancelled.id],
      ['superseded', old.id],
      ['expired', expired.id],
    ]);
  }

  test('A state that ends stays, whatever SQL the app sends', async () => {
    const states = await ended();
    let tried = 0;
    for (const [from, id] of states) {
      expect(
        await counted('SELECT count(*)::int AS n FROM requests WHERE id = $1 AND status = $2', [
          uuid(id),
          from,
        ]),
        from,
      ).toBe(1);
      for (const to of [...states.keys(), 'pending']) {
        if (to === from) continue;
        const sets = [
          `status = '${to}'`,
          `status = '${to}', decided_at = NULL, valid_until = now(), required_approvals = 0`,
        ];
        for (const set of sets)
          expect(['CS001', '23514'], `${from}: ${set}`).toContain(await update(id, set));
        tried += sets.length;
      }
      const rewrites = [
        'revision = 2',
        `payload_hash = 'sha256:0'`,
        `valid_until = now() + interval '1 year'`,
        'decided_at = now()',
        `risk = 'low', verdict = '{}'`,
        `policy_hash = 'sha256:0'`,
        `feedback = 'other'`,
      ];
      for (const set of rewrites) expect(await update(id, set), `${from}: ${set}`).toBe('CS001');
      tried += rewrites.length;
    }
    console.info(`lifecycle: ${tried} moves out of ${states.size} states that end, all refused`);
  });

  test('Nothing is approved with too few votes, nor by asking for fewer at the last moment', async () => {
    const { id } = await a.ask({ payload: { amount: 5000, round: newId() } });
    for (const set of [
      `status = 'approved'`,
      `status = 'approved', required_approvals = 0`,
      `status = 'approved', required_approvals = 0, risk = 'low'`,
      'required_approvals = 1',
      `risk = 'low'`,
      'required_approvals = 0',
      `status = 'approved', revision = 2, required_approvals = 0`,
    ])
      expect(['CS003', '23514'], set).toContain(await update(id, set));
    const critical = await a.ask({ action: 'key.revoke', payload: { round: newId() } });
    for (const set of [
      'required_approvals = 1',
      `risk = 'high'`,
      `status = 'allowed'`,
      `status = 'approved'`,
    ])
      expect(['CS001', 'CS003', '23514'], set).toContain(await update(critical.id, set));
    expect(await update(critical.id, 'required_approvals = 3')).toBeNull();
    expect(await update(id, `status = 'expired'`)).toBe('CS003');
  });

  test('A request opens as allowed, denied or pending, and a critical one never as allowed', async () => {
    const [row] = await look(
      'SELECT to_jsonb(r) AS own FROM requests r WHERE org_id = $1 AND status = $2 LIMIT 1',
      [a.id, 'pending'],
    );
    const open = (more: Record<string, unknown>) =>
      refusal(a.id, 'INSERT INTO requests SELECT * FROM jsonb_populate_record(NULL::requests, $1)', [
        { ...row?.own, id: newId(), fingerprint: `\\x${newId().replaceAll('-', '')}`, ...more },
      ]);
    expect(await open({})).toBeNull();
    for (const status of ['approved', 'rejected', 'expired', 'cancelled', 'superseded'])
      expect(await open({ status }), status).toBe('CS001');
    expect(await open({ status: 'allowed', execution: 'redeemed' })).toBe('CS001');
    expect(await open({ status: 'allowed', risk: 'critical' })).toBe('23514');
    expect(await open({ risk: 'critical', required_approvals: 1 })).toBe('23514');
    expect(await open({ required_approvals: 0 })).toBe('23514');
    expect(await open({ expires_at: null })).toBe('23514');
    expect(await open({ status: 'done' })).toBe('CS001');
  });

  test('A vote needs a person, the open revision with its hash, and is cast once', async () => {
    const { id, revision, payloadHash } = await a.ask({ payload: { amount: 5000, round: newId() } });
    expect(await voteRow(id, {})).toBeNull();
    expect(await voteRow(id, { kind: 'agent' })).toBe('23514');
    expect(await voteRow(id, { verdict: 'abstain' })).toBe('23514');
    expect(await voteRow(id, { revision: 2 })).toBe('CS003');
    expect(await voteRow(id, { member: a.agentId })).toBe('23503');
    expect(await voteRow(id, { member: b.memberId('fay') })).toBe('23503');
    await castVote(a.person('fay'), id, { verdict: 'approve', revision, payloadHash });
    expect(await voteRow(id, {})).toBe('23505');
    await moveData('UPDATE requests SET expires_at = now() WHERE id = $1', [uuid(id)]);
    expect(await voteRow(id, { member: a.memberId('finn') })).toBe('CS003');
  });

  test('What was asked never changes, and execution only goes forward', async () => {
    const { id } = await a.ask({ action: 'crm.read', payload: { round: newId() } });
    for (const column of [
      'ask',
      'agent_id',
      'action',
      'opened_at',
      'environment',
      'fingerprint',
      'org_id',
      'id',
    ])
      expect(await update(id, `${column} = ${column}`), column).toBe('42501');
    expect(await update(id, `execution = 'succeeded'`)).toBe('CS001');
    const view = await readRequest(a.agent, id);
    const { ctx, claims } = contextOfToken(view.token ?? '', view.payload, 'test');
    await redeemToken(ctx, claims);
    for (const to of ['none', 'withdrawn'])
      expect(['CS001', '23514'], to).toContain(await update(id, `execution = '${to}'`));
    const pending = await a.ask({ payload: { amount: 1, round: newId() } });
    expect(await update(pending.id, `execution = 'redeemed'`)).toBe('23514');
    for (const column of ['due_at', 'expires_at']) {
      expect(await update(pending.id, `${column} = ${column} - interval '1 minute'`), column).toBeNull();
      expect(await update(pending.id, `${column} = ${column} + interval '1 hour'`), column).toBe('CS003');
      expect(await update(pending.id, `${column} = NULL`), column).toBe('CS003');
      expect(await update(id, `${column} = now()`), column).toBe('CS003');
    }
  });

  test('One redemption a request, also by the unique key alone', async () => {
    const view = await a.ask({ action: 'crm.read', payload: { round: newId() } });
    const again = `INSERT INTO tokens SELECT org_id, gen_random_uuid(), request_id, revision, audience, approvers, issued_at, expires_at, now()
      FROM tokens WHERE request_id = '${uuid(view.id)}'`;
    expect(await refusal(a.id, again)).toBeNull();
    expect(await refusal(a.id, `${again} UNION ALL ${again.slice(again.indexOf('SELECT'))}`)).toBe('23505');
  });
});
