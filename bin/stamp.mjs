import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * The content hash of files and folders (relative to `base`), so that nothing is redone that didn't change.
 * Names count as well as bytes; missing paths count as missing. `extra` is whatever else the result depends on.
 * @param {string[]} paths
 * @param {{ base?: string, extra?: string, skip?: (file: string) => boolean }} [options]
 * @returns {string} SHA-256, hex
 */
export function contentHash(paths, { base = root, extra = '', skip = () => false } = {}) {
  const hash = createHash('sha256').update(extra);
  for (const start of paths) {
    for (const file of filesUnder(base, start)) {
      if (skip(file)) continue;
      hash.update(`\0${file}\0`).update(readFileSync(path.join(base, file)));
    }
  }
  return hash.digest('hex');
}

/** Whether the artefact that `stampFile` lies beside was made from exactly this content. */
export function isFresh(stampFile, hash) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash;
}

/** Remembers what the artefact was made from. Keep the stamp inside the artefact: deleted together, redone together. */
export function writeStamp(stampFile, hash) {
  mkdirSync(path.dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, hash);
}

/** Forgets the stamp before the work begins: work cut short is done again. */
export function clearStamp(stampFile) {
  rmSync(stampFile, { force: true });
}

function filesUnder(base, start) {
  const full = path.join(base, start);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [start];
  return readdirSync(full, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesUnder(base, path.posix.join(start, entry.name)));
}
