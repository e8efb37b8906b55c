import type { IncomingMessage } from 'node:http';

const name = 'x-forwarded-for';

/**
 * Makes `x-forwarded-for` say who really connected, because the record keeps it: what a caller claims is dropped
 * unless `TRUST_PROXY` says that our own proxy wrote it.
 */
export function nameCaller(incoming: IncomingMessage): void {
  if (process.env.TRUST_PROXY === '1' && incoming.headers[name] !== undefined) return;
  const address = incoming.socket.remoteAddress ?? 'unknown';
  const raw = incoming.rawHeaders;
  for (let at = raw.length - 2; at >= 0; at -= 2) if (raw[at]?.toLowerCase() === name) raw.splice(at, 2);
  raw.push(name, address);
  incoming.headers[name] = address;
}
