/** The roles the app connects as, one a connection. */
export const CONNECTED_ROLES = ['app', 'auth', 'sealer', 'sweep', 'jobs'].map(roleName);

/** The roles that only own narrow functions; nobody connects as them. */
const OWNING_ROLES = ['lookup', 'retention'].map(roleName);

/**
 * Makes the cluster's roles where they are missing and lets the migrating user act for each, so that migrations can
 * hand objects to them; `appUser`, where it is another login, may drop to the connected ones and inherits nothing.
 * Roles belong to the whole cluster: another database's migration may do the same at this moment.
 * @param {import('pg').Client} client connected as the migrating user
 * @param {string | undefined} appUser
 */
export async function ensureRoles(client, appUser) {
  const { rows } = await client.query('SELECT current_user AS me, current_database() AS here');
  const { me, here } = rows[0];
  for (const role of [...CONNECTED_ROLES, ...OWNING_ROLES]) {
    await ensureRole(client, role);
    await ensureMember(client, role, me, true);
  }
  for (const role of CONNECTED_ROLES) {
    if (appUser && appUser !== me) await ensureMember(client, role, appUser, false);
    await client.query(`GRANT CONNECT ON DATABASE ${client.escapeIdentifier(here)} TO ${role}`);
  }
}

/**
 * Lets the connected roles sign in with these passwords (embedded database only; elsewhere the operator decides).
 * @param {import('pg').Client} client connected as the owner
 * @param {Record<string, string>} passwords by short name: app, auth, …
 */
export async function letRolesSignIn(client, passwords) {
  const { rows } = await client.query(
    'SELECT rolname FROM pg_roles WHERE rolname = ANY($1) AND NOT rolcanlogin',
    [CONNECTED_ROLES],
  );
  for (const { rolname } of rows) {
    const password = passwords[rolname.replace('countersign_', '')];
    await client.query(`ALTER ROLE ${rolname} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
  }
}

function roleName(name) {
  return `countersign_${name}`;
}

async function ensureRole(client, role) {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount) return;
  await client.query(`DO $$ BEGIN
    CREATE ROLE ${role} NOLOGIN NOINHERIT;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END $$`);
}

async function ensureMember(client, role, user, inherits) {
  const { rowCount } = await client.query(
    `SELECT FROM pg_auth_members WHERE roleid = $1::regrole AND member = quote_ident($2)::regrole AND set_option AND (inherit_option OR NOT $3)`,
    [role, user, inherits],
  );
  if (rowCount) return;
  const grant = `GRANT ${role} TO ${client.escapeIdentifier(user)} WITH SET TRUE, INHERIT ${inherits ? 'TRUE' : 'FALSE'}`;
  await retryConcurrent(() => client.query(grant));
}

/** Two grants of one role at once end in "tuple concurrently updated": asking again settles it. */
async function retryConcurrent(work, attempts = 5) {
  try {
    return await work();
  } catch (error) {
    if (attempts === 0 || !/concurrently updated|duplicate key/.test(error.message)) throw error;
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100));
    return retryConcurrent(work, attempts - 1);
  }
}
