import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { seedDemo } from './seed/seed-demo';

void main();

/** Makes the demo org through the verbs and leaves its people, agents and keys in `demo.json` (mode 0600). */
async function main(): Promise<void> {
  const demo = await seedDemo();
  const file = path.join(process.env.DATA_DIR ?? '.data', 'demo.json');
  await writeFile(file, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  process.exit(0);
}
