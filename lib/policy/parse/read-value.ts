import type { YamlEntry, YamlNode } from './read-yaml';
import { refuse } from './refuse';

// The small readers that every part of a document is read with; each refuses what it doesn't expect, where it stands.

/** The entries of a map by key, none outside `allowed`. */
export function readMap(node: YamlNode, what: string, allowed: readonly string[]): Map<string, YamlNode> {
  const entries = readEntries(node, what);
  for (const { key, keyPlace } of entries) {
    if (!allowed.includes(key))
      refuse(keyPlace, `unknown key “${key}” in ${what}; known are ${allowed.join(', ')}`);
  }
  return new Map(entries.map(({ key, value }) => [key, value]));
}

export function readEntries(node: YamlNode, what: string): YamlEntry[] {
  if (node.kind !== 'map') refuse(node, `${what} must be a map of keys, not ${nameOf(node)}`);
  return node.entries;
}

export function readList(node: YamlNode, what: string): YamlNode[] {
  if (node.kind !== 'list') refuse(node, `${what} must be a list, not ${nameOf(node)}`);
  return node.items;
}

export function readFilledList(node: YamlNode, what: string): YamlNode[] {
  const items = readList(node, what);
  if (items.length === 0) refuse(node, `${what} must not be empty`);
  return items;
}

/** Text of 1 to `longest` characters. */
export function readText(node: YamlNode, what: string, longest: number): string {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    refuse(node, `${what} must be text, not ${nameOf(node)}`);
  }
  if (node.value.trim() === '') refuse(node, `${what} must not be empty`);
  if (node.value.length > longest) refuse(node, `${what} must not be longer than ${longest} characters`);
  return node.value;
}

export function readChoice<const Choice extends string>(
  node: YamlNode,
  what: string,
  choices: readonly Choice[],
): Choice {
  const value = node.kind === 'scalar' ? node.value : null;
  const choice = choices.find((one) => one === value);
  if (choice === undefined) refuse(node, `${what} must be ${choices.join(' or ')}, not ${nameOf(node)}`);
  return choice;
}

/** The value under an optional key, or null where the key is absent. A key without a value is read, and refused. */
export function optional<Value>(
  entries: Map<string, YamlNode>,
  key: string,
  read: (node: YamlNode) => Value,
): Value | null {
  const node = entries.get(key);
  return node ? read(node) : null;
}

export function nameOf(node: YamlNode): string {
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'nothing';
  if (typeof node.value !== 'string') return String(node.value);
  return node.value.length > 60 ? `“${node.value.slice(0, 60)}…”` : `“${node.value}”`;
}
