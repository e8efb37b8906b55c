import { parseAs } from '@/lib/api/parse';
import { createFirstOrg } from '@/lib/identity/create-org';
import { anyOrg } from '@/lib/identity/queries';
import { NewOrg } from '@/lib/identity/schema';
import { env } from '@/lib/kernel/env';
import { AppError } from '@/lib/kernel/errors';
import { newId } from '@/lib/kernel/ids';
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
  await createFirstOrg(newId(), first);
  await openSession(first.email, 'setup');
}
