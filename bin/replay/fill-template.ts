import type { JsonValue } from '@/lib/kernel/json/json-value';

const REFERENCE = /\{([\w-]+(?:\.(?:[\w-]+|\*|#))*)\}/g;
const WHOLE = /^\{([\w-]+(?:\.(?:[\w-]+|\*|#))*)\}$/;

/**
 * A template's value with its references filled in from a line. A text that is one reference becomes that value as it
 * is; members whose value the line lacks, or has as an empty text, are left out (undefined at the top).
 */
export function fillTemplate(template: JsonValue, line: JsonValue): JsonValue | undefined {
  if (typeof template === 'string') return fillText(template, line);
  if (Array.isArray(template)) return template.map((each) => fillTemplate(each, line) ?? null);
  if (typeof template !== 'object' || template === null) return template;
  const pairs = Object.entries(template).flatMap(([name, value]) => {
    const filled = fillTemplate(value, line);
    return filled === undefined ? [] : [[name, filled] as const];
  });
  return pairs.length === 0 && Object.keys(template).length > 0 ? undefined : Object.fromEntries(pairs);
}

function fillText(template: string, line: JsonValue): JsonValue | undefined {
  const [, whole] = WHOLE.exec(template) ?? [];
  if (whole === undefined)
    return template.replace(REFERENCE, (_, path: string) => textOf(valueAt(line, path)));
  const value = valueAt(line, whole);
  return value === '' ? undefined : value;
}

/** Own members only: the names come from the log. */
function valueAt(line: JsonValue, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = line;
  const steps = path.split('.');
  for (const [index, step] of steps.entries()) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (step === '#') return Object.keys(value).length;
    if (step === '*') {
      const rest = steps.slice(index + 1).join('.');
      return Object.values(value).flatMap((each) => (rest === '' ? each : (valueAt(each, rest) ?? [])));
    }
    value = memberOf(value, step);
  }
  return value;
}

function memberOf(value: JsonValue[] | { [key: string]: JsonValue }, name: string): JsonValue | undefined {
  if (!Object.hasOwn(value, name)) return undefined;
  return Array.isArray(value) ? value[Number(name)] : value[name];
}

function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '–';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
