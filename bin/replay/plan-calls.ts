import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import { canonicalJson } from '@/lib/kernel/json/canonical-json';
import type { JsonObject, JsonValue } from '@/lib/kernel/json/json-value';
import { fillTemplate } from './fill-template';

const json = z.custom<JsonValue>((value) => value !== undefined);

/** How a line of a log becomes an ask (docs/replay.md). */
export const Template = z.strictObject({
  fits: z.array(z.string()).default([]),
  tool: z.string(),
  call: z.string(),
  key: z.array(z.string()).min(1),
  ask: z.record(z.string(), json),
  output: z.string().optional(),
  summaries: z.record(z.string(), z.string()).default({}),
});
export type Template = z.infer<typeof Template>;

/** One call to replay: `key` is the same in every run, and another for every line. `number` is the line's, from 1. */
export type PlannedCall = {
  number: number;
  callId: string;
  tool: string;
  run: string;
  key: string;
  body: JsonObject;
  output: JsonValue | undefined;
};
export type Malformed = { number: number; why: string };

/** Longest texts the API takes; a log's may be longer. */
const longest = { summary: 500, rationale: 8000, trigger: 2000 };

/** Reads a template. Throws a ZodError, or a YAML error with line and column. */
export function readTemplate(source: string): Template {
  return Template.parse(parse(source));
}

/** Whether a log looks as this template expects: its first readable line has all the members named. */
export function fitsTemplate(template: Template, text: string): boolean {
  const first = text.split('\n', 1)[0] ?? '';
  const line = objectOf(first);
  return line !== null && template.fits.every((name) => Object.hasOwn(line, name));
}

/** The calls of a log in JSON Lines, and the lines that are none. Empty lines are passed over. */
export function planCalls(
  template: Template,
  text: string,
): { calls: PlannedCall[]; malformed: Malformed[] } {
  const seen = new Map<string, number>();
  const calls: PlannedCall[] = [];
  const malformed: Malformed[] = [];
  for (const [index, source] of text.split('\n').entries()) {
    if (source.trim() === '') continue;
    const number = index + 1;
    const planned = planCall(template, source, seen);
    if (typeof planned === 'string') malformed.push({ number, why: planned });
    else calls.push({ number, ...planned });
  }
  return { calls, malformed };
}

function planCall(
  template: Template,
  source: string,
  seen: Map<string, number>,
): Omit<PlannedCall, 'number'> | string {
  const line = objectOf(source);
  if (!line) return 'not a JSON object';
  const absent = template.fits.find((name) => !Object.hasOwn(line, name));
  if (absent !== undefined) return `no member "${absent}"`;
  const tool = String(fillTemplate(template.tool, line) ?? '');
  const body = bodyOf(template, line, tool);
  if (typeof body.action !== 'string') return 'no action';
  const context = objectMember(body, 'context');
  return {
    callId: String(fillTemplate(template.call, line) ?? ''),
    tool,
    run: String(context?.runId ?? ''),
    key: keyOf(template, line, seen),
    body,
    output: template.output === undefined ? undefined : fillTemplate(template.output, line),
  };
}

function bodyOf(template: Template, line: JsonObject, tool: string): JsonObject {
  const filled = fillTemplate({ ...template.ask }, line);
  const body = isObject(filled) ? filled : {};
  const summary = Object.hasOwn(template.summaries, tool) ? template.summaries[tool] : undefined;
  if (summary !== undefined) body.summary = String(fillTemplate(summary, line) ?? '');
  const context = objectMember(body, 'context');
  for (const part of context ? [body, context] : [body]) {
    for (const [name, length] of Object.entries(longest)) part[name] = clip(part[name], length);
    for (const name of Object.keys(part)) if (part[name] === undefined) delete part[name];
  }
  return body;
}

/** Several calls of a log may share an id, and even be identical: the occurrence tells those apart. */
function keyOf(template: Template, line: JsonObject, seen: Map<string, number>): string {
  const parts = canonicalJson(template.key.map((part) => fillTemplate(part, line) ?? null));
  const occurrence = (seen.get(parts) ?? 0) + 1;
  seen.set(parts, occurrence);
  return `replay-${createHash('sha256').update(`${occurrence} ${parts}`).digest('base64url')}`;
}

// An absent member stays absent: the caller drops it.
function clip(value: JsonValue | undefined, length: number): JsonValue {
  return (
    typeof value === 'string' && value.length > length ? `${value.slice(0, length - 1)}…` : value
  ) as JsonValue;
}

function objectMember(body: JsonObject, name: string): JsonObject | null {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  return isObject(value) ? value : null;
}

function objectOf(source: string): JsonObject | null {
  try {
    const value: JsonValue = JSON.parse(source);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
