import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuse } from './refuse.mjs';

/** The checkout. */
export const root = path.resolve(fileURLToPath(new URL('..', import.meta.url)));

/**
 * Where this installation keeps what must survive: database, secrets, demo credentials. `DATA_DIR` moves it.
 * Made on first use; refuses when it can't be written. Others may pass through it (the server may run as nobody), not list it.
 */
export function dataDir() {
  const dir = path.resolve(root, process.env.DATA_DIR || '.data');
  try {
    mkdirSync(dir, { recursive: true, mode: 0o711 });
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (error) {
    refuse(`Can't write to ${dir} (${error.code}): make it writable, or set DATA_DIR to a folder that is.`);
  }
  return dir;
}
