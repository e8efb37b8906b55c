import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { AppError } from '../errors';
import { jsonPointer } from './json-pointer';
import type { JsonValue } from './json-value';

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The one text of a value under RFC 8785 (JCS); members that are undefined are left out.
 * Throws `malformed`, with a pointer, for whatever I-JSON cannot carry: lone surrogates, NaN, dates, holes.
 */
export function canonicalJson(value: JsonValue): string {
  requireIJson(value, []);
  const text = canonicalize(value);
  if (text === undefined) throw new AppError('malformed', 'expected a JSON value, found nothing');
  return text;
}

/** SHA-256 over the UTF-8 bytes of the canonical text, written `sha256:<64 lower-case hex digits>`. */
export function sha256Canonical(value: JsonValue): string {
  return `sha256:${createHash('sha256').update(canonicalJson(value)).digest('hex')}`;
}

// The library writes lone surrogates, dates and holes in its own way, so they are refused before it sees them.
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
  if (path.length > 512) refuse(path, 'expected less nesting');
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
