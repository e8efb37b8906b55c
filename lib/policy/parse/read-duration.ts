import { LONGEST_SECONDS } from '../document';
import { nameOf } from './read-value';
import type { YamlNode } from './read-yaml';
import { refuse } from './refuse';

const UNITS: Record<string, number> = { s: 1, m: 60, h: 60 * 60, d: 24 * 60 * 60 };

/** A duration such as `90s`, `30m`, `4h`, `1d`, in seconds: more than zero, at most seven days. */
export function readDuration(node: YamlNode, what: string): number {
  const source = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
  const [, amount = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(source) ?? [];
  const seconds = Number(amount) * (UNITS[unit] ?? 0);
  if (amount === '')
    refuse(node, `${what} must be a duration such as 90s, 30m, 4h or 1d, not ${nameOf(node)}`);
  if (seconds === 0) refuse(node, `${what} must be longer than nothing`);
  if (seconds > LONGEST_SECONDS) refuse(node, `${what} must be at most 7d, not ${nameOf(node)}`);
  return seconds;
}
