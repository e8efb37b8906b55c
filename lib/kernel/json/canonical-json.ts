import { createHash } from 'node:crypto';
import { AppError } from '../errors';
import { jsonPointer } from './json-pointer';
import type { JsonValue } from './json-value';

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The one text of a value under RFC 8785 (JCS); members that are undefined are left out.
 * Throws `malformed`, with a pointer, for whatever I-JSON cannot carry: lone surrogates, NaN, dates, holes.
 */
export function canonicalJson(value: JsonValue): string {
  const text = write(value, 0);
  if (text !== undefined) return text;
  requireIJson(value, []);
  throw new AppError('malformed', 'expected a JSON value, found nothing');
}

/** SHA-256 over the UTF-8 bytes of the canonical text, written `sha256:<64 lower-case hex digits>`. */
export function sha256Canonical(value: JsonValue): string {
  return sha256Text(canonicalJson(value));
}

/** The same over a text that is canonical already. */
export function sha256Text(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

const deepest = 512;

/** One pass for the usual case; undefined where anything is not I-JSON, and `requireIJson` then says what and where. */
function write(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return LONE_SURROGATE.test(value) ? undefined : JSON.stringify(value);
  // ECMAScript's own number and string forms are what RFC 8785 § 3.2.2 prescribes.
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (typeof value !== 'object' || depth > deepest) return undefined;
  return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
}

function writeArray(values: unknown[], depth: number): string | undefined {
  let text = '[';
  for (let index = 0; index < values.length; index++) {
    const item = write(values[index], depth + 1);
    if (item === undefined) return undefined;
    text += index === 0 ? item : `,${item}`;
  }
  return `${text}]`;
}

function writeObject(value: object, depth: number): string | undefined {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const members = value as Record<string, unknown>; // a plain object, as just seen
  let text = '{';
  // The default order is by UTF-16 code units, as RFC 8785 § 3.2.3 wants it.
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    const [name, item] = [write(key, depth), write(member, depth + 1)];
    if (name === undefined || item === undefined) return undefined;
    text += text.length === 1 ? `${name}:${item}` : `,${name}:${item}`;
  }
  return `${text}}`;
}

function requireIJson(value: unknown, path: (string | number)[]): void {
  if (typeof value === 'string') requireUnicode(value, path);
  else if (typeof value === 'number') requireFinite(value, path);
  else if (Array.isArray(value)) requireEach(value, path);
  else if (typeof value === 'object' && value !== null) requireMembers(value, path);
  else if (value !== null && typeof value !== 'boolean') refuse(path, `expected JSON, found ${typeof value}`);
}

function requireMembers(value: object, path: (string | number)[]): void {
  requireShallow(path);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(path, 'expected a plain object');
  for (const [key, member] of Object.entries(value)) {
    path.push(key);
    requireUnicode(key, path);
    if (member !== undefined) requireIJson(member, path);
    path.pop();
  }
}

function requireEach(values: unknown[], path: (string | number)[]): void {
  requireShallow(path);
  for (let index = 0; index < values.length; index++) {
    path.push(index);
    requireIJson(values[index], path);
    path.pop();
  }
}

function requireShallow(path: (string | number)[]): void {
  if (path.length > deepest) refuse(path, 'expected less nesting');
}

function requireFinite(value: number, path: (string | number)[]): void {
  if (!Number.isFinite(value)) refuse(path, 'expected a finite number');
}

function requireUnicode(text: string, path: (string | number)[]): void {
  if (LONE_SURROGATE.test(text)) refuse(path, 'expected Unicode, found a lone surrogate');
}

function refuse(path: (string | number)[], detail: string): never {
  const pointer = jsonPointer(path);
  throw new AppError('malformed', `no canonical JSON: ${detail}`, { errors: [{ pointer, detail }] });
}
