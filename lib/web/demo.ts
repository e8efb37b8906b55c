import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { env } from '@/lib/kernel/env';
import { AppError } from '@/lib/kernel/errors';
import { openSession } from './sessions';

const Demo = z.object({
  people: z.array(
    z.object({
      name: z.string(),
      email: z.string(),
      roles: z.array(z.string()),
      groups: z.array(z.string()),
    }),
  ),
});
export type DemoPerson = z.infer<typeof Demo>['people'][number];

/** One-click people exist only beside the embedded database, and only on loopback. */
export function demoIsOn(): boolean {
  return env().embedded;
}

/** The people the seed made, as `demo.json` lists them; nobody when the file is gone. */
export async function demoPeople(): Promise<DemoPerson[]> {
  if (!demoIsOn()) return [];
  try {
    const text = await readFile(path.join(process.env.DATA_DIR ?? '.data', 'demo.json'), 'utf8');
    return Demo.parse(JSON.parse(text)).people;
  } catch {
    return [];
  }
}

/** Signs a demo person in by their address. Throws `not_found` off the demo and for anyone else. */
export async function openDemoSession(email: string): Promise<void> {
  const person = (await demoPeople()).find((each) => each.email === email);
  if (!person) throw new AppError('not_found', 'no such demo person');
  await openSession(person.email, 'demo');
}
