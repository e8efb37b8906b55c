-- Tables, constraints, row-level security, roles' grants and triggers of the first build.
CREATE TABLE users (
  id uuid NOT NULL,
  name text,
  email text NOT NULL,
  email_verified timestamptz(3),
  image text,
  CONSTRAINT users_pkey PRIMARY KEY (id)
);

CREATE TABLE accounts (
  user_id uuid NOT NULL,
  type text NOT NULL,
  provider text NOT NULL,
  provider_account_id text NOT NULL,
  refresh_token text,
  access_token text,
  expires_at integer,
  token_type text,
  scope text,
  id_token text,
  session_state text,
  CONSTRAINT accounts_pkey PRIMARY KEY (provider, provider_account_id)
);

CREATE TABLE sessions (
  session_token text NOT NULL,
  user_id uuid NOT NULL,
  expires timestamptz(3) NOT NULL,
  CONSTRAINT sessions_pkey PRIMARY KEY (session_token)
);

CREATE TABLE verification_tokens (
  identifier text NOT NULL,
  token text NOT NULL,
  expires timestamptz(3) NOT NULL,
  CONSTRAINT verification_tokens_pkey PRIMARY KEY (identifier, token)
);

CREATE TABLE orgs (
  id uuid NOT NULL,
  name text NOT NULL,
  policy_serial integer NOT NULL DEFAULT 0,
  stopped_at timestamptz(3),
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT orgs_pkey PRIMARY KEY (id)
);

CREATE TABLE members (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  email text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  status text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT members_pkey PRIMARY KEY (org_id, id)
);

CREATE TABLE groups (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT groups_pkey PRIMARY KEY (org_id, id)
);

CREATE TABLE group_members (
  org_id uuid NOT NULL,
  group_id uuid NOT NULL,
  member_id uuid NOT NULL,
  added_at timestamptz(3) NOT NULL,
  CONSTRAINT group_members_pkey PRIMARY KEY (org_id, group_id, member_id)
);

CREATE TABLE agents (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  owner_id uuid NOT NULL,
  labels jsonb NOT NULL,
  stopped_at timestamptz(3),
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT agents_pkey PRIMARY KEY (org_id, id)
);

CREATE TABLE api_keys (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  agent_id uuid NOT NULL,
  public_id text NOT NULL,
  secret_hash bytea NOT NULL,
  environment text NOT NULL,
  scopes text[],
  initiator text,
  created_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  last_used_at timestamptz(3),
  CONSTRAINT api_keys_pkey PRIMARY KEY (org_id, id)
);

CREATE TABLE policies (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  agent_id uuid,
  version integer NOT NULL,
  CONSTRAINT policies_pkey PRIMARY KEY (org_id, id)
);

CREATE TABLE policy_versions (
  org_id uuid NOT NULL,
  policy_id uuid NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  source text NOT NULL,
  note text NOT NULL,
  published_by uuid,
  published_at timestamptz(3) NOT NULL,
  CONSTRAINT policy_versions_pkey PRIMARY KEY (org_id, policy_id, version)
);

CREATE TABLE requests (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  agent_id uuid NOT NULL,
  key_id uuid NOT NULL,
  status text NOT NULL,
  execution text NOT NULL,
  version integer NOT NULL,
  revision integer NOT NULL,
  action text NOT NULL,
  summary text NOT NULL,
  risk text NOT NULL,
  environment text NOT NULL,
  counterparty text,
  initiator text,
  initiator_proven boolean NOT NULL,
  run_id text,
  external_ref text,
  ask jsonb NOT NULL,
  verdict jsonb NOT NULL,
  policy_name text NOT NULL,
  policy_version integer NOT NULL,
  policy_hash text NOT NULL,
  policy_serial integer NOT NULL,
  required_approvals integer NOT NULL,
  sources text[] NOT NULL,
  payload_hash text NOT NULL,
  fingerprint bytea NOT NULL,
  feedback text,
  opened_at timestamptz(3) NOT NULL,
  due_at timestamptz(3),
  breached_at timestamptz(3),
  expires_at timestamptz(3),
  decided_at timestamptz(3),
  valid_until timestamptz(3),
  result jsonb,
  supersedes uuid,
  CONSTRAINT requests_pkey PRIMARY KEY (org_id, id)
);

CREATE TABLE revisions (
  org_id uuid NOT NULL,
  request_id uuid NOT NULL,
  revision integer NOT NULL,
  payload text NOT NULL,
  payload_hash text NOT NULL,
  verdict jsonb NOT NULL,
  policy_hash text NOT NULL,
  edited_by uuid,
  patch jsonb,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT revisions_pkey PRIMARY KEY (org_id, request_id, revision)
);

CREATE TABLE votes (
  org_id uuid NOT NULL,
  request_id uuid NOT NULL,
  revision integer NOT NULL,
  member_id uuid NOT NULL,
  actor_kind text NOT NULL DEFAULT 'member',
  verdict text NOT NULL,
  payload_hash text NOT NULL,
  reason text,
  via text NOT NULL,
  "at" timestamptz(3) NOT NULL,
  CONSTRAINT votes_pkey PRIMARY KEY (org_id, request_id, revision, member_id)
);

CREATE TABLE tokens (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  revision integer NOT NULL,
  audience text NOT NULL,
  approvers uuid[] NOT NULL,
  issued_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  redeemed_at timestamptz(3),
  CONSTRAINT tokens_pkey PRIMARY KEY (org_id, id)
);

CREATE TABLE audit_events (
  org_id uuid NOT NULL,
  "at" timestamptz(3) NOT NULL,
  event_id uuid NOT NULL,
  type text NOT NULL,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  subject_type text NOT NULL,
  subject_id text NOT NULL,
  request_id uuid,
  run_id text,
  action text,
  status text,
  agent_id uuid,
  entry bytea NOT NULL,
  leaf bytea NOT NULL,
  mac bytea NOT NULL,
  mac_key_id text NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT audit_events_pkey PRIMARY KEY (org_id, at, event_id)
) PARTITION BY RANGE (at);

CREATE TABLE audit_details (
  org_id uuid NOT NULL,
  event_id uuid NOT NULL,
  salt bytea NOT NULL,
  body text NOT NULL,
  CONSTRAINT audit_details_pkey PRIMARY KEY (org_id, event_id)
);

CREATE TABLE audit_seals (
  org_id uuid NOT NULL,
  sequence bigint NOT NULL,
  event_id uuid NOT NULL,
  event_at timestamptz(3) NOT NULL,
  leaf bytea NOT NULL,
  CONSTRAINT audit_seals_pkey PRIMARY KEY (org_id, sequence)
);

CREATE TABLE audit_tiles (
  org_id uuid NOT NULL,
  level integer NOT NULL,
  "index" bigint NOT NULL,
  hashes bytea NOT NULL,
  CONSTRAINT audit_tiles_pkey PRIMARY KEY (org_id, level, index)
);

CREATE TABLE audit_checkpoints (
  org_id uuid NOT NULL,
  size bigint NOT NULL,
  root bytea NOT NULL,
  note text NOT NULL,
  signed_at timestamptz(3) NOT NULL,
  CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (org_id, size)
);

CREATE TABLE seal_cursor (
  id integer NOT NULL,
  horizon xid8 NOT NULL,
  CONSTRAINT seal_cursor_pkey PRIMARY KEY (id)
);

CREATE TABLE idempotency (
  org_id uuid NOT NULL,
  principal text NOT NULL,
  route text NOT NULL,
  "key" text NOT NULL,
  fingerprint bytea NOT NULL,
  body text,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT idempotency_pkey PRIMARY KEY (org_id, principal, route, key)
);

CREATE TABLE rate_windows (
  org_id uuid NOT NULL,
  subject text NOT NULL,
  start_at timestamptz(3) NOT NULL,
  used integer NOT NULL,
  CONSTRAINT rate_windows_pkey PRIMARY KEY (org_id, subject, start_at)
);

CREATE TABLE outbox (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  "channel" text NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  "text" text,
  html text,
  attempts integer NOT NULL DEFAULT 0,
  last_error text,
  created_at timestamptz(3) NOT NULL,
  sent_at timestamptz(3),
  CONSTRAINT outbox_pkey PRIMARY KEY (org_id, id)
);

CREATE UNIQUE INDEX users_email_key ON users (email);
CREATE UNIQUE INDEX members_org_id_email_key ON members (org_id, email);
CREATE INDEX members_email_idx ON members (email);
CREATE UNIQUE INDEX groups_org_id_slug_key ON groups (org_id, slug);
CREATE INDEX group_members_org_id_member_id_idx ON group_members (org_id, member_id);
CREATE UNIQUE INDEX agents_org_id_name_key ON agents (org_id, name);
CREATE UNIQUE INDEX api_keys_public_id_key ON api_keys (public_id);
CREATE INDEX api_keys_org_id_agent_id_idx ON api_keys (org_id, agent_id);
CREATE UNIQUE INDEX policies_org_id_name_key ON policies (org_id, name);
CREATE INDEX policies_org_id_agent_id_idx ON policies (org_id, agent_id);
CREATE INDEX requests_org_id_status_due_at_id_idx ON requests (org_id, status, due_at, id);
CREATE INDEX requests_org_id_agent_id_id_idx ON requests (org_id, agent_id, id);
CREATE INDEX requests_org_id_run_id_idx ON requests (org_id, run_id);
CREATE INDEX requests_org_id_decided_at_id_idx ON requests (org_id, decided_at, id);
CREATE UNIQUE INDEX revisions_org_id_request_id_revision_payload_hash_key ON revisions (org_id, request_id, revision, payload_hash);
CREATE INDEX votes_org_id_member_id_at_idx ON votes (org_id, member_id, at);
CREATE INDEX tokens_org_id_request_id_idx ON tokens (org_id, request_id);
CREATE INDEX audit_events_org_id_request_id_at_idx ON audit_events (org_id, request_id, at);
CREATE INDEX audit_events_xid_idx ON audit_events (xid);
CREATE UNIQUE INDEX audit_seals_org_id_event_id_key ON audit_seals (org_id, event_id);
CREATE INDEX idempotency_created_at_idx ON idempotency (created_at);
CREATE INDEX rate_windows_start_at_idx ON rate_windows (start_at);
CREATE INDEX outbox_org_id_created_at_idx ON outbox (org_id, created_at);
ALTER TABLE accounts ADD CONSTRAINT accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE sessions ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE members ADD CONSTRAINT members_org_id_fkey FOREIGN KEY (org_id) REFERENCES orgs (id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE groups ADD CONSTRAINT groups_org_id_fkey FOREIGN KEY (org_id) REFERENCES orgs (id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE group_members ADD CONSTRAINT group_members_org_id_group_id_fkey FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE group_members ADD CONSTRAINT group_members_org_id_member_id_fkey FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE agents ADD CONSTRAINT agents_org_id_fkey FOREIGN KEY (org_id) REFERENCES orgs (id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE agents ADD CONSTRAINT agents_org_id_owner_id_fkey FOREIGN KEY (org_id, owner_id) REFERENCES members (org_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_org_id_agent_id_fkey FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE policies ADD CONSTRAINT policies_org_id_fkey FOREIGN KEY (org_id) REFERENCES orgs (id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE policies ADD CONSTRAINT policies_org_id_agent_id_fkey FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE policy_versions ADD CONSTRAINT policy_versions_org_id_policy_id_fkey FOREIGN KEY (org_id, policy_id) REFERENCES policies (org_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE requests ADD CONSTRAINT requests_org_id_agent_id_fkey FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE revisions ADD CONSTRAINT revisions_org_id_request_id_fkey FOREIGN KEY (org_id, request_id) REFERENCES requests (org_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE votes ADD CONSTRAINT votes_org_id_request_id_fkey FOREIGN KEY (org_id, request_id) REFERENCES requests (org_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE votes ADD CONSTRAINT votes_org_id_request_id_revision_payload_hash_fkey FOREIGN KEY (org_id, request_id, revision, payload_hash) REFERENCES revisions (org_id, request_id, revision, payload_hash) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE votes ADD CONSTRAINT votes_org_id_member_id_fkey FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE tokens ADD CONSTRAINT tokens_org_id_request_id_fkey FOREIGN KEY (org_id, request_id) REFERENCES requests (org_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;

-- Indexes Prisma cannot express: what still waits, and one open request for one identical ask.
CREATE UNIQUE INDEX requests_open_fingerprint ON requests (org_id, fingerprint) WHERE status = 'pending';
CREATE INDEX requests_open_by_agent ON requests (org_id, agent_id) WHERE status = 'pending';
CREATE INDEX requests_open_due ON requests (due_at) WHERE status = 'pending' AND breached_at IS NULL;
CREATE INDEX requests_open_expiry ON requests (expires_at) WHERE status = 'pending';
CREATE UNIQUE INDEX tokens_one_redemption ON tokens (org_id, request_id) WHERE redeemed_at IS NOT NULL;

-- Promises that protect people are constraints too.
ALTER TABLE members
  ADD CONSTRAINT members_role CHECK (role IN ('owner', 'admin', 'member', 'auditor')),
  ADD CONSTRAINT members_status CHECK (status IN ('active', 'suspended')),
  ADD CONSTRAINT members_email CHECK (email = lower(email));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_public_id CHECK (public_id ~ '^[0-9A-Za-z]{12}$');
ALTER TABLE requests
  ADD CONSTRAINT requests_risk CHECK (risk IN ('low', 'medium', 'high', 'critical')),
  ADD CONSTRAINT requests_status CHECK (status IN
    ('allowed', 'denied', 'pending', 'approved', 'rejected', 'expired', 'cancelled', 'superseded')),
  ADD CONSTRAINT requests_execution CHECK (execution IN ('none', 'redeemed', 'succeeded', 'failed')),
  ADD CONSTRAINT requests_critical_never_allowed CHECK (NOT (risk = 'critical' AND status = 'allowed')),
  ADD CONSTRAINT requests_critical_two_people CHECK
    (NOT (risk = 'critical' AND status IN ('pending', 'approved')) OR required_approvals >= 2),
  ADD CONSTRAINT requests_open_has_deadlines CHECK (status <> 'pending'
    OR (due_at IS NOT NULL AND expires_at IS NOT NULL AND required_approvals >= 1)),
  ADD CONSTRAINT requests_executed_only_when_permitted CHECK
    (execution = 'none' OR status IN ('allowed', 'approved'));
ALTER TABLE votes
  ADD CONSTRAINT votes_verdict CHECK (verdict IN ('approve', 'reject')),
  ADD CONSTRAINT votes_by_people CHECK (actor_kind = 'member');

-- The lifecycle's second witness: every move that is not in the table is refused, terminal states absorb.
CREATE FUNCTION requests_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status NOT IN ('allowed', 'denied', 'pending') OR NEW.execution <> 'none' OR NEW.revision <> 1 THEN
    RAISE EXCEPTION 'a request opens as allowed, denied or pending, not % / %', NEW.status, NEW.execution
      USING ERRCODE = 'CS001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER requests_open BEFORE INSERT ON requests FOR EACH ROW EXECUTE FUNCTION requests_open();

CREATE FUNCTION requests_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  approvals integer;
BEGIN
  IF (OLD.org_id, OLD.id, OLD.agent_id, OLD.key_id, OLD.action, OLD.ask, OLD.opened_at, OLD.environment,
      OLD.fingerprint)
     IS DISTINCT FROM
     (NEW.org_id, NEW.id, NEW.agent_id, NEW.key_id, NEW.action, NEW.ask, NEW.opened_at, NEW.environment,
      NEW.fingerprint) THEN
    RAISE EXCEPTION 'what was asked never changes' USING ERRCODE = 'CS002';
  END IF;
  IF (NEW.due_at, NEW.expires_at) IS DISTINCT FROM (OLD.due_at, OLD.expires_at) AND NOT coalesce(
       OLD.status = 'pending' AND NEW.due_at <= OLD.due_at AND NEW.expires_at <= OLD.expires_at, false) THEN
    RAISE EXCEPTION 'the time that is left only shortens, while a request waits' USING ERRCODE = 'CS003';
  END IF;
  IF OLD.status <> 'pending' AND (OLD.status, OLD.revision, OLD.payload_hash, OLD.decided_at, OLD.valid_until)
     IS DISTINCT FROM (NEW.status, NEW.revision, NEW.payload_hash, NEW.decided_at, NEW.valid_until) THEN
    RAISE EXCEPTION 'a request that is % stays so', OLD.status USING ERRCODE = 'CS001';
  END IF;
  IF OLD.status = 'pending' AND NEW.status NOT IN
     ('pending', 'approved', 'rejected', 'expired', 'cancelled', 'superseded') THEN
    RAISE EXCEPTION 'pending cannot become %', NEW.status USING ERRCODE = 'CS001';
  END IF;
  IF OLD.status = 'pending' AND NEW.status = 'approved' THEN
    SELECT count(DISTINCT member_id) INTO approvals FROM votes
     WHERE org_id = NEW.org_id AND request_id = NEW.id AND revision = NEW.revision
       AND payload_hash = NEW.payload_hash AND verdict = 'approve';
    IF approvals < NEW.required_approvals THEN
      RAISE EXCEPTION '% of % approvals', approvals, NEW.required_approvals USING ERRCODE = 'CS003';
    END IF;
    IF clock_timestamp() >= NEW.expires_at THEN
      RAISE EXCEPTION 'expired requests are not approved' USING ERRCODE = 'CS003';
    END IF;
  END IF;
  IF OLD.status = 'pending' AND NEW.status = 'expired' AND clock_timestamp() < NEW.expires_at THEN
    RAISE EXCEPTION 'the request has not expired yet' USING ERRCODE = 'CS003';
  END IF;
  IF NEW.execution <> OLD.execution AND NOT (
       (OLD.execution = 'none' AND NEW.execution = 'redeemed')
    OR (OLD.execution = 'redeemed' AND NEW.execution IN ('succeeded', 'failed'))) THEN
    RAISE EXCEPTION 'execution cannot go from % to %', OLD.execution, NEW.execution USING ERRCODE = 'CS001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER requests_move BEFORE UPDATE ON requests FOR EACH ROW EXECUTE FUNCTION requests_move();

-- Quorum's second witness, for SQL that passes by the verbs: what a decision weighs is not lightened beside it, and
-- nothing about an ended request changes but its execution.
CREATE FUNCTION requests_weigh() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  risks constant text[] := ARRAY['low', 'medium', 'high', 'critical'];
  same_weight boolean := (OLD.revision, OLD.payload_hash, OLD.risk, OLD.required_approvals, OLD.sources, OLD.verdict)
    IS NOT DISTINCT FROM (NEW.revision, NEW.payload_hash, NEW.risk, NEW.required_approvals, NEW.sources, NEW.verdict);
BEGIN
  IF OLD.status <> 'pending' AND NOT (same_weight AND
     (OLD.policy_name, OLD.policy_version, OLD.policy_hash, OLD.policy_serial, OLD.feedback, OLD.breached_at)
     IS NOT DISTINCT FROM
     (NEW.policy_name, NEW.policy_version, NEW.policy_hash, NEW.policy_serial, NEW.feedback, NEW.breached_at)) THEN
    RAISE EXCEPTION 'a request that is % stays so', OLD.status USING ERRCODE = 'CS001';
  END IF;
  IF OLD.status = 'pending' AND NEW.status <> 'pending' AND NOT same_weight THEN
    RAISE EXCEPTION 'a request is decided as it was weighed' USING ERRCODE = 'CS003';
  END IF;
  IF NEW.revision NOT IN (OLD.revision, OLD.revision + 1)
     OR NEW.revision = OLD.revision AND (NEW.payload_hash <> OLD.payload_hash
        OR NEW.required_approvals < OLD.required_approvals
        OR array_position(risks, NEW.risk) < array_position(risks, OLD.risk)) THEN
    RAISE EXCEPTION 'only the next revision asks for other things, fewer people or less risk' USING ERRCODE = 'CS003';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER requests_weigh BEFORE UPDATE ON requests FOR EACH ROW EXECUTE FUNCTION requests_weigh();

CREATE FUNCTION votes_cast() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM requests WHERE org_id = NEW.org_id AND id = NEW.request_id AND status = 'pending'
    AND revision = NEW.revision AND payload_hash = NEW.payload_hash AND clock_timestamp() < expires_at;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a vote counts only for the open revision it saw' USING ERRCODE = 'CS003';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER votes_cast BEFORE INSERT ON votes FOR EACH ROW EXECUTE FUNCTION votes_cast();

-- The record: nobody updates, deletes or truncates, on the table or on any partition.
CREATE FUNCTION record_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'CS004';
END $$;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events
  FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_details', 'audit_seals', 'audit_tiles', 'audit_checkpoints',
                              'policy_versions', 'revisions', 'votes'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW
      EXECUTE FUNCTION record_is_append_only()', name || '_append_only', name);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT
      EXECUTE FUNCTION record_is_append_only()', name || '_no_truncate', name);
  END LOOP;
END $$;
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();

-- Months of the record, made ahead of time: past one back, `ahead` forward.
CREATE FUNCTION ensure_audit_months(ahead integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  start date;
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_audit_months'));
  FOR month IN -1 .. least(greatest(ahead, 0), 60) LOOP
    start := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => month))::date;
    name := 'audit_events_' || to_char(start, 'YYYY_MM');
    CONTINUE WHEN to_regclass(format('public.%I', name)) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I PARTITION OF audit_events FOR VALUES FROM (%L) TO (%L)', name,
      start::text || ' 00:00:00+00', (start + interval '1 month')::date::text || ' 00:00:00+00');
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT
      EXECUTE FUNCTION record_is_append_only()', name || '_no_truncate', name);
  END LOOP;
END $$;
SELECT ensure_audit_months(3);

-- Tenancy: the row's org must be the transaction's org; no org set means no row.
CREATE FUNCTION current_org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.org_id', true), '')::uuid $$;
DO $$
DECLARE
  name text;
BEGIN
  ALTER TABLE orgs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY tenant ON orgs TO countersign_app
    USING (id = (SELECT current_org())) WITH CHECK (id = (SELECT current_org()));
  FOR name IN SELECT c.relname FROM pg_class c
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id'
              WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO countersign_app
      USING (org_id = (SELECT current_org())) WITH CHECK (org_id = (SELECT current_org()))', name);
  END LOOP;
END $$;

-- Who may touch what. The app's role owns nothing; what is not granted is refused.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO countersign_app, countersign_auth, countersign_sealer, countersign_sweep,
  countersign_jobs, countersign_lookup;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_org() TO countersign_app;

GRANT SELECT, INSERT ON orgs, members, groups, group_members, agents, api_keys, policies, policy_versions, requests,
  revisions, votes, tokens, audit_events, audit_details, idempotency, rate_windows, outbox TO countersign_app;
GRANT SELECT ON audit_seals, audit_tiles, audit_checkpoints TO countersign_app;
GRANT UPDATE (name, policy_serial, stopped_at) ON orgs TO countersign_app;
GRANT UPDATE (name, role, status) ON members TO countersign_app;
GRANT UPDATE (name) ON groups TO countersign_app;
GRANT UPDATE (added_at), DELETE ON group_members TO countersign_app;
GRANT UPDATE (name, owner_id, labels, stopped_at) ON agents TO countersign_app;
GRANT UPDATE (revoked_at, last_used_at) ON api_keys TO countersign_app;
GRANT UPDATE (version) ON policies TO countersign_app;
GRANT UPDATE (status, execution, version, revision, risk, verdict, policy_name, policy_version, policy_hash,
  policy_serial, required_approvals, sources, payload_hash, feedback, due_at, expires_at, breached_at, decided_at,
  valid_until, result)
  ON requests TO countersign_app;
GRANT UPDATE (redeemed_at) ON tokens TO countersign_app;
GRANT UPDATE (body), DELETE ON idempotency TO countersign_app;
GRANT UPDATE (used) ON rate_windows TO countersign_app;
GRANT UPDATE (attempts, last_error, sent_at, text, html) ON outbox TO countersign_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON users, accounts, sessions, verification_tokens TO countersign_auth;

GRANT SELECT (org_id, at, event_id, leaf, xid) ON audit_events TO countersign_sealer;
GRANT SELECT, INSERT ON audit_seals, audit_tiles, audit_checkpoints TO countersign_sealer;
GRANT SELECT, UPDATE ON seal_cursor TO countersign_sealer;
CREATE POLICY sealer ON audit_events FOR SELECT TO countersign_sealer USING (true);
CREATE POLICY sealer ON audit_seals TO countersign_sealer USING (true) WITH CHECK (true);
CREATE POLICY sealer ON audit_tiles TO countersign_sealer USING (true) WITH CHECK (true);
CREATE POLICY sealer ON audit_checkpoints TO countersign_sealer USING (true) WITH CHECK (true);
INSERT INTO seal_cursor (id, horizon) VALUES (1, '0');
ALTER TABLE seal_cursor ADD CONSTRAINT seal_cursor_single CHECK (id = 1);

GRANT SELECT (org_id, id, status, due_at, breached_at, expires_at) ON requests TO countersign_sweep;
GRANT SELECT (created_at), DELETE ON idempotency TO countersign_sweep;
GRANT SELECT (start_at), DELETE ON rate_windows TO countersign_sweep;
GRANT EXECUTE ON FUNCTION ensure_audit_months(integer) TO countersign_sweep;
CREATE POLICY sweep ON requests FOR SELECT TO countersign_sweep USING (true);
CREATE POLICY sweep ON idempotency FOR SELECT TO countersign_sweep USING (true);
CREATE POLICY sweep_delete ON idempotency FOR DELETE TO countersign_sweep USING (true);
CREATE POLICY sweep ON rate_windows FOR SELECT TO countersign_sweep USING (true);
CREATE POLICY sweep_delete ON rate_windows FOR DELETE TO countersign_sweep USING (true);

-- Before an org is known: ids and hashes only, by functions that name their columns.
GRANT SELECT (id) ON orgs TO countersign_lookup;
GRANT SELECT (org_id, id, email, status, created_at) ON members TO countersign_lookup;
GRANT SELECT (org_id, id, agent_id, public_id, secret_hash, environment, scopes, initiator, revoked_at)
  ON api_keys TO countersign_lookup;
CREATE POLICY lookup ON orgs FOR SELECT TO countersign_lookup USING (true);
CREATE POLICY lookup ON members FOR SELECT TO countersign_lookup USING (true);
CREATE POLICY lookup ON api_keys FOR SELECT TO countersign_lookup USING (true);

CREATE FUNCTION find_api_key(wanted text)
RETURNS TABLE (org_id uuid, id uuid, agent_id uuid, secret_hash bytea, environment text, scopes text[],
               initiator text, revoked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.org_id, k.id, k.agent_id, k.secret_hash, k.environment, k.scopes, k.initiator, k.revoked_at IS NOT NULL
    FROM api_keys k WHERE k.public_id = wanted
$$;
CREATE FUNCTION memberships_of(wanted text) RETURNS TABLE (org_id uuid, member_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.org_id, m.id FROM members m WHERE m.email = lower(wanted) AND m.status = 'active' ORDER BY m.created_at
$$;
CREATE FUNCTION any_org() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$ SELECT EXISTS (SELECT 1 FROM orgs) $$;
GRANT CREATE ON SCHEMA public TO countersign_lookup;
ALTER FUNCTION find_api_key(text) OWNER TO countersign_lookup;
ALTER FUNCTION memberships_of(text) OWNER TO countersign_lookup;
ALTER FUNCTION any_org() OWNER TO countersign_lookup;
REVOKE CREATE ON SCHEMA public FROM countersign_lookup;
REVOKE ALL ON FUNCTION find_api_key(text), memberships_of(text), any_org() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_api_key(text), memberships_of(text), any_org() TO countersign_app;
GRANT EXECUTE ON FUNCTION memberships_of(text) TO countersign_auth;
