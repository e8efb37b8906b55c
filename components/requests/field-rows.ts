// Every field of a payload becomes one row, and no field is left out, whatever its shape.

import { jsonPointer } from '@/lib/kernel/json/json-pointer';
import type { JsonObject, JsonValue } from '@/lib/kernel/json/json-value';

export type FieldState = 'only' | 'same' | 'changed' | 'added' | 'removed';
/** Member names and list positions from the root down. */
export type Path = (string | number)[];
export type FieldRow = {
  pointer: string;
  path: Path;
  /** The last name of the path; `name` or `#1` in lists. */
  label: string;
  depth: number;
  /** A `group` heads the rows below it; a `leaf` has values. */
  kind: 'group' | 'leaf';
  state: FieldState;
  before?: JsonValue;
  after?: JsonValue;
  /** Three-letter code that stands beside an amount, if any. */
  currency?: string;
};

/** The rows of `after`, compared with `before` where one is given. Lists of things are matched by id, key or name. */
export function fieldRows(after: JsonValue, before?: JsonValue): FieldRow[] {
  const rows: FieldRow[] = [];
  if (isBranch(after) || isBranch(before)) walk(rows, [], before, after, 0, before !== undefined);
  else rows.push(leaf([], 'value', 0, before, after, before !== undefined));
  return rows;
}

function walk(
  rows: FieldRow[],
  path: Path,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  depth: number,
  compare: boolean,
) {
  for (const member of members(before, after)) {
    const here = [...path, member.step];
    const both = member.before !== undefined && member.after !== undefined;
    const alike = !both || Array.isArray(member.before) === Array.isArray(member.after);
    const branches = [member.before, member.after].filter((value) => value !== undefined).every(isBranch);
    if (branches && alike) {
      rows.push({ ...leaf(here, member.label, depth, member.before, member.after, compare), kind: 'group' });
      walk(rows, here, member.before, member.after, depth + 1, compare);
      continue;
    }
    const currency = currencyBeside(member.label, after ?? before);
    rows.push({ ...leaf(here, member.label, depth, member.before, member.after, compare), currency });
  }
}

function leaf(
  path: Path,
  label: string,
  depth: number,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  compare: boolean,
): FieldRow {
  const state = !compare ? 'only' : stateOf(before, after);
  return { pointer: jsonPointer(path), path, label, depth, kind: 'leaf', state, before, after };
}

function stateOf(before: JsonValue | undefined, after: JsonValue | undefined): FieldState {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  return sameJson(before, after) ? 'same' : 'changed';
}

type Member = { step: string | number; label: string; before?: JsonValue; after?: JsonValue };

function members(before: JsonValue | undefined, after: JsonValue | undefined): Member[] {
  if (Array.isArray(before) || Array.isArray(after)) {
    return listMembers(Array.isArray(before) ? before : [], Array.isArray(after) ? after : []);
  }
  const old = isObject(before) ? before : {};
  const fresh = isObject(after) ? after : {};
  const names = [...Object.keys(fresh), ...Object.keys(old).filter((name) => !Object.hasOwn(fresh, name))];
  return names.map((name) => ({ step: name, label: name, before: own(old, name), after: own(fresh, name) }));
}

function listMembers(before: JsonValue[], after: JsonValue[]): Member[] {
  const oldKeys = keysOf(before);
  const freshKeys = keysOf(after);
  const byKey = oldKeys !== null && freshKeys !== null;
  const taken = new Set<number>();
  const found = after.map((value, index): Member => {
    const match = byKey ? oldKeys.indexOf(freshKeys[index] ?? '') : index;
    if (match >= 0) taken.add(match);
    return { step: index, label: freshKeys?.[index] ?? `#${index + 1}`, before: before[match], after: value };
  });
  const gone = before.flatMap((value, index): Member[] =>
    taken.has(index) ? [] : [{ step: index, label: oldKeys?.[index] ?? `#${index + 1}`, before: value }],
  );
  return [...found, ...gone];
}

/** The distinct id, key or name of each item, or null where not every item has one. */
function keysOf(list: JsonValue[]): string[] | null {
  for (const name of ['id', 'key', 'name']) {
    const keys = list.map((item) => (isObject(item) ? own(item, name) : undefined));
    const strings = keys.filter((key) => typeof key === 'string' || typeof key === 'number').map(String);
    if (strings.length === list.length && new Set(strings).size === list.length) return strings;
  }
  return null;
}

function currencyBeside(label: string, parent: JsonValue | undefined): string | undefined {
  if (!/amount|price|total|cost|fee|balance/i.test(label) || !isObject(parent)) return undefined;
  const currency = own(parent, 'currency');
  return typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? currency : undefined;
}

/** An object or list with something in it; empty ones are shown as values. */
function isBranch(value: JsonValue | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether two JSON values are equal, member order aside. */
export function sameJson(one: JsonValue, other: JsonValue): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item, index) => sameJson(item, other[index] ?? null));
  }
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every(
    (name) => Object.hasOwn(other, name) && sameJson(one[name] ?? null, other[name] ?? null),
  );
}
