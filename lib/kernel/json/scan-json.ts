import { AppError } from '../errors';
import { exactNumber } from './exact-number';
import { jsonPointer } from './json-pointer';
import type { JsonObject, JsonValue } from './json-value';

/** Bounds of a document: size in UTF-8 bytes, nesting, members in all objects together, UTF-16 units a string. */
export type JsonLimits = { bytes: number; depth: number; keys: number; stringLength: number };

type Scan = { text: string; at: number; keys: number; path: (string | number)[]; limits: JsonLimits };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const FOUR_HEX = /^[0-9a-fA-F]{4}$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const ESCAPES = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Reads one whole document in a single pass (RFC 8259, I-JSON); its nesting bounds the recursion. */
export function scanJson(text: string, limits: JsonLimits): JsonValue {
  const scan: Scan = { text, at: 0, keys: 0, path: [], limits };
  const value = scanValue(scan);
  skipSpace(scan);
  if (scan.at < text.length) refuse(scan, `expected the end, found ${found(scan)}`);
  return value;
}

function scanValue(scan: Scan): JsonValue {
  skipSpace(scan);
  const first = scan.text[scan.at];
  if (first === '{') return scanObject(scan);
  if (first === '[') return scanArray(scan);
  if (first === '"') return scanString(scan);
  if (first === 't') return scanWord(scan, 'true', true);
  if (first === 'f') return scanWord(scan, 'false', false);
  if (first === 'n') return scanWord(scan, 'null', null);
  return scanNumber(scan);
}

function scanObject(scan: Scan): JsonObject {
  const result: JsonObject = {};
  enter(scan);
  if (closes(scan, '}')) return result;
  for (;;) {
    skipSpace(scan);
    if (scan.text.charCodeAt(scan.at) !== QUOTE) refuse(scan, `expected a member name, found ${found(scan)}`);
    const key = scanString(scan);
    scan.path.push(key);
    if (key === '__proto__') refuse(scan, 'expected no member named __proto__');
    if (Object.hasOwn(result, key)) refuse(scan, 'expected each member once, found this name twice');
    if (++scan.keys > scan.limits.keys) refuse(scan, `expected at most ${scan.limits.keys} members in all`);
    expect(scan, ':');
    result[key] = scanValue(scan);
    scan.path.pop();
    if (closes(scan, '}')) return result;
    expect(scan, ',');
  }
}

function scanArray(scan: Scan): JsonValue[] {
  const result: JsonValue[] = [];
  enter(scan);
  if (closes(scan, ']')) return result;
  for (;;) {
    scan.path.push(result.length);
    result.push(scanValue(scan));
    scan.path.pop();
    if (closes(scan, ']')) return result;
    expect(scan, ',');
  }
}

function scanString(scan: Scan): string {
  const { text, limits } = scan;
  let value = '';
  let from = ++scan.at;
  let seen = 0;
  for (;;) {
    const code = text.charCodeAt(scan.at);
    if (code === QUOTE) break;
    if (code === BACKSLASH) {
      value += text.slice(from, scan.at) + scanEscape(scan);
      from = scan.at;
      seen = 0xffff;
      continue;
    }
    if (Number.isNaN(code)) refuse(scan, 'expected the end of a string, found the end of the document');
    if (code < 0x20) refuse(scan, 'expected control characters in a string to be escaped');
    seen |= code;
    scan.at++;
  }
  value += text.slice(from, scan.at++);
  if (value.length > limits.stringLength) refuse(scan, `expected at most ${limits.stringLength} characters`);
  if (seen >= 0xd800 && LONE_SURROGATE.test(value)) refuse(scan, 'expected Unicode, found a lone surrogate');
  return value;
}

function scanEscape(scan: Scan): string {
  const letter = scan.text.charAt(scan.at + 1);
  if (letter === 'u') {
    const hex = scan.text.slice(scan.at + 2, scan.at + 6);
    if (!FOUR_HEX.test(hex)) refuse(scan, 'expected four hexadecimal digits after \\u');
    scan.at += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
  const character = ESCAPES.get(letter);
  if (character === undefined) return refuse(scan, 'expected a known escape after a backslash');
  scan.at += 2;
  return character;
}

function scanNumber(scan: Scan): number {
  NUMBER.lastIndex = scan.at;
  const literal = NUMBER.exec(scan.text)?.[0];
  if (literal === undefined) return refuse(scan, `expected a value, found ${found(scan)}`);
  const value = exactNumber(literal);
  if (typeof value === 'string') return refuse(scan, value);
  scan.at += literal.length;
  return value;
}

function scanWord<T>(scan: Scan, word: string, value: T): T {
  if (!scan.text.startsWith(word, scan.at)) refuse(scan, `expected a value, found ${found(scan)}`);
  scan.at += word.length;
  return value;
}

function enter(scan: Scan): void {
  if (scan.path.length >= scan.limits.depth) refuse(scan, `expected at most ${scan.limits.depth} levels`);
  scan.at++;
}

function closes(scan: Scan, bracket: string): boolean {
  skipSpace(scan);
  if (scan.text[scan.at] !== bracket) return false;
  scan.at++;
  return true;
}

function expect(scan: Scan, mark: string): void {
  skipSpace(scan);
  if (scan.text[scan.at] !== mark) refuse(scan, `expected '${mark}', found ${found(scan)}`);
  scan.at++;
}

function skipSpace(scan: Scan): void {
  for (;;) {
    const code = scan.text.charCodeAt(scan.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    scan.at++;
  }
}

/** What stands here, as a code point: never the agent's own text, which may be a secret. */
function found(scan: Scan): string {
  const point = scan.text.codePointAt(scan.at);
  if (point === undefined) return 'the end of the document';
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')} at character ${scan.at}`;
}

function refuse(scan: Scan, detail: string): never {
  const pointer = jsonPointer(scan.path);
  throw new AppError('malformed', `not acceptable JSON: ${detail}`, { errors: [{ pointer, detail }] });
}
