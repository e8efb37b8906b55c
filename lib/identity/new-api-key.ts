import { randomInt } from 'node:crypto';
import { keyAlphabet, writeApiKey } from './rules/api-key';

/** A new key; only `hashSecret` of its secret is ever stored. */
export function newApiKey(): { text: string; publicId: string; secret: string } {
  const parts = { publicId: randomText(12), secret: randomText(43) };
  return { text: writeApiKey(parts), ...parts };
}

function randomText(length: number): string {
  return Array.from({ length }, () => keyAlphabet[randomInt(keyAlphabet.length)]).join('');
}
