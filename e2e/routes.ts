import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '..');

/** A page or route of the app by its file, and a path that leads to it, with a made-up id where it takes one. */
export type Place = { file: string; path: string };

/** Every page on disk: one that a test's table doesn't know must fail that test. */
export function pages(): Place[] {
  return filesNamed('page.tsx').map(placeOf);
}

/** Every route on disk with the methods it answers. */
export function routes(): (Place & { methods: string[] })[] {
  return filesNamed('route.ts').map((file) => {
    const source = readFileSync(path.join(root, file), 'utf8');
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) =>
      new RegExp(`^export .*\\b${method}\\b`, 'm').test(source),
    );
    return { ...placeOf(file), methods };
  });
}

/** An id in the form of the product's that names nothing. */
export const noId = 'req_01JZZZZZZZZZZZZZZZZZZZZZZZ';

function placeOf(file: string): Place {
  const parts = path
    .dirname(file)
    .split('/')
    .slice(1)
    .filter((part) => !part.startsWith('('));
  const filled = parts.map((part) => (part === '[name]' ? 'northwind' : part.startsWith('[') ? noId : part));
  return { file, path: `/${filled.join('/')}` };
}

function filesNamed(name: string): string[] {
  const found = readdirSync(path.join(root, 'app'), { recursive: true, encoding: 'utf8' });
  return found
    .filter((file) => path.basename(file) === name)
    .map((file) => `app/${file}`)
    .sort();
}
