import { env } from '@/lib/kernel/env';
import { toWire } from '@/lib/kernel/ids';
import { type CheckpointSigner, type CheckpointVerifier, checkpointVerifier } from './rules/checkpoint';

/** The log's name: `<host>/log/<org>`, stable as long as the installation keeps its host. */
export function logOrigin(org: string): string {
  return `${new URL(env().COUNTERSIGN_URL).host}/log/${toWire('org', org)}`;
}

/** The Ed25519 key that signs this installation's checkpoints. */
export function checkpointSigner(): CheckpointSigner {
  return { name: keyName(), seed: Buffer.from(env().secrets.checkpointKey, 'base64') };
}

/** Its public half, for whoever checks. */
export function ownVerifier(): CheckpointVerifier {
  return checkpointVerifier(checkpointSigner());
}

function keyName(): string {
  return `${new URL(env().COUNTERSIGN_URL).host}/log`;
}
