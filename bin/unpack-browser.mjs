import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

const UNPACK = `
  const { default: chromium, inflate } = await import('@sparticuz/chromium');
  const bin = process.argv[1];
  await chromium.executablePath(bin);
  await inflate(bin + '/al2023.tar.br');
`;

/**
 * Unpacks the Chromium that comes as a package (headless, Linux) into `folder`, once, with the libraries and fonts it
 * brings for machines that lack them. Null where there is no such package.
 * @param {string} folder
 * @returns {{ executablePath: string, env: Record<string, string> } | null}
 */
export function unpackBrowser(folder) {
  const bin = path.join(root, 'node_modules', '@sparticuz', 'chromium', 'bin');
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(bin)) return null;
  const executablePath = path.join(folder, 'chromium');
  const done = path.join(folder, 'al2023');
  try {
    if (!existsSync(done)) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      // The package unpacks into the folder for temporary files and nowhere else: hence a process of its own.
      execFileSync(process.execPath, ['--input-type=module', '-e', UNPACK, '--', bin], {
        cwd: root,
        env: { ...process.env, TMPDIR: folder },
        stdio: 'ignore',
      });
    }
  } catch {
    return null;
  }
  const libraries = [process.env.LD_LIBRARY_PATH, path.join(done, 'lib')].filter(Boolean).join(':');
  return { executablePath, env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: path.join(folder, 'fonts') } };
}
