import { appendEvent } from '@/lib/audit/append-event';
import { type Context, requirePermission } from '@/lib/kernel/context';
import { env } from '@/lib/kernel/env';
import { AppError } from '@/lib/kernel/errors';
import { newId, toWire } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { newApiKey } from './new-api-key';
import { hashSecret } from './rules/api-key';
import { keyScopes } from './rules/permissions';
import { NewApiKey } from './schema';

/** A key for an agent; its text is given this once. Throws `forbidden`, `not_found`, `unprocessable` for a scope. */
export async function createApiKey(ctx: Context, input: NewApiKey): Promise<{ id: string; key: string }> {
  requirePermission(ctx, 'agent.write');
  const { agentId, environment, scopes, initiator } = NewApiKey.parse(input);
  const unknown = scopes.find((scope) => !keyScopes.includes(scope));
  if (unknown !== undefined)
    throw new AppError('unprocessable', `expected scopes among ${keyScopes.join(', ')}`);
  const { text, publicId, secret } = newApiKey();
  return transact(ctx, async (open) => {
    const agent = await open.db.agent.findUnique({
      where: { orgId_id: { orgId: open.org, id: agentId } },
      select: { id: true },
    });
    if (!agent) throw new AppError('not_found', 'no such agent');
    const id = newId();
    const secretHash = new Uint8Array(hashSecret(env().secrets.apiKeyPepper, secret));
    await open.db.apiKey.create({
      data: {
        orgId: open.org,
        id,
        agentId,
        publicId,
        secretHash,
        environment,
        scopes,
        initiator,
        createdAt: open.now,
      },
    });
    await appendEvent(open, {
      type: 'key.created',
      subject: { type: 'key', id: toWire('key', id) },
      agent: { id: agentId },
      detail: { environment, scopes, initiator },
    });
    return { id, key: text };
  });
}
