import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { say } from './say.mjs';

/**
 * Says where the desk is, who can sign in on the demo, and a call that can be pasted as it stands.
 * @param {NodeJS.ProcessEnv} env as `childEnv` makes it
 */
export function welcome(env) {
  say(`\nCountersign is at ${env.COUNTERSIGN_URL}`);
  const demo = readDemo(env);
  if (!demo) return say('Stop it with Ctrl-C.\n');
  say('\nDemo people (one click on the sign-in page):');
  const width = Math.max(...demo.people.map((person) => person.name.length));
  for (const { name, email, roles, groups } of demo.people) {
    say(`  ${name.padEnd(width)}  ${email}  ${[...roles, ...groups].join(', ')}`);
  }
  const [agent] = demo.agents;
  if (agent)
    say(
      `\nKey of the agent ${agent.name}: ${agent.key}\n\nAsk for something as that agent:\n${exampleCall(env.COUNTERSIGN_URL, agent.key)}`,
    );
  say('\nStop it with Ctrl-C.\n');
}

/** `demo.json` as the seed wrote it; null when the database holds no demo or demo sign-in is off. */
function readDemo(env) {
  const file = path.join(env.DATA_DIR ?? '', 'demo.json');
  if (env.COUNTERSIGN_EMBEDDED !== '1' || !existsSync(file)) return null;
  return JSON.parse(readFileSync(file, 'utf8'));
}

function exampleCall(url, key) {
  const body = JSON.stringify({
    action: 'payment.send',
    summary: 'Pay Hetzner invoice 2026-118, €412.00',
    payload: { to: 'DE89370400440532013000', amount: 412, currency: 'EUR' },
    counterparty: 'hetzner.com',
  });
  return `  curl -s ${url}/v1/authorize -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' -d '${body}'`;
}
