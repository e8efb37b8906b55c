import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAs } from '@/lib/api/parse';
import { createFirstOrg } from '@/lib/identity/create-org';
import { anyOrg } from '@/lib/identity/queries';
import { permissionsOfRole } from '@/lib/identity/rules/permissions';
import { NewOrg } from '@/lib/identity/schema';
import type { Context } from '@/lib/kernel/context';
import { env } from '@/lib/kernel/env';
import { AppError } from '@/lib/kernel/errors';
import { newId } from '@/lib/kernel/ids';
import { publishPolicy } from '@/lib/policy/publish-policy';
import { openSession } from './sessions';
import { setupTokenMatches } from './setup-token';

/** Whether the first org is still to be made. Never on the embedded demo. */
export async function setupIsOpen(): Promise<boolean> {
  return !env().embedded && !(await anyOrg());
}

/** Makes the first org and its owner, and signs the owner in: the printed token is their proof. Throws `forbidden` for a wrong token, `conflict` once done, `unprocessable`. */
export async function completeSetup(input: {
  token: string;
  org: string;
  name: string;
  email: string;
}): Promise<void> {
  if (!(await setupIsOpen())) throw new AppError('conflict', 'this installation is set up already');
  if (!setupTokenMatches(input.token))
    throw new AppError('forbidden', 'this is not the token printed at start');
  const first = parseAs(NewOrg, { org: input.org, name: input.name, email: input.email });
  const { org, ownerId } = await createFirstOrg(newId(), first);
  await publishStarter({
    org,
    actor: { kind: 'member', id: ownerId, via: 'web' },
    permissions: permissionsOfRole('owner'),
    requestId: newId(),
    now: new Date(),
  });
  await openSession(first.email, 'setup');
}

/** Without a policy everything is denied; with the starter everything waits for a person. */
async function publishStarter(owner: Context): Promise<void> {
  const source = await readFile(path.join(process.cwd(), 'lib/policy/templates/starter.yaml'), 'utf8');
  await publishPolicy(owner, {
    name: 'starter',
    baseVersion: 0,
    source,
    note: 'Everything waits for a person',
  });
}
