// What the agent marked sensitive is shown as a mask, and an edit that leaves the mask leaves the value.
import { jsonPointer } from '@/lib/kernel/json/json-pointer';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import type { Reason } from '@/lib/policy/schema';

export const mask = '••••••';

/** The payload with sensitive values masked, and the JSON pointers of those that were there. */
export function maskPayload(
  payload: JsonValue,
  sensitive: readonly string[],
): { payload: JsonValue; masked: string[] } {
  const paths = sensitive.filter((path) => isPathOf(payload, path)).map((path) => path.split('.').slice(1));
  return {
    payload: paths.reduce((value, path) => replace(value, path, mask), payload),
    masked: paths.map((path) => jsonPointer(path)),
  };
}

/** What describes the same fields as the payload (a diff's sides, a run's inputs) masked at the same paths. */
export function maskAlike<Value extends JsonValue>(value: Value, sensitive: readonly string[]): Value {
  return maskPayload(value, sensitive).payload as Value; // masking keeps lists lists and objects objects
}

/** Whether `payload.<field>…` names something that is there, by own members and list indices alone. */
export function isPathOf(payload: JsonValue, path: string): boolean {
  return read(payload, path.split('.').slice(1)) !== undefined;
}

/** The reasons with the values of sensitive facts masked, and of facts that contain or lie in one. */
export function maskReasons(reasons: readonly Reason[], sensitive: readonly string[]): Reason[] {
  const hides = (path: string) =>
    sensitive.some(
      (hidden) => path === hidden || path.startsWith(`${hidden}.`) || hidden.startsWith(`${path}.`),
    );
  return reasons.map((reason) => ({
    ...reason,
    facts: reason.facts.map((fact) =>
      hides(fact.path) ? { ...fact, value: mask, ...(fact.operator === 'eq' && { threshold: mask }) } : fact,
    ),
  }));
}

/** An edit made on a masked payload with the masks that still stand given their values back. */
export function restoreMasked(
  edited: JsonValue,
  original: JsonValue,
  sensitive: readonly string[],
): JsonValue {
  return sensitive.reduce((value, dotted) => {
    const path = dotted.split('.').slice(1);
    const hidden = read(original, path);
    return hidden !== undefined && read(value, path) === mask ? replace(value, path, hidden) : value;
  }, edited);
}

function read(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  if (Array.isArray(value) && !/^\d+$/.test(key)) return undefined;
  return read((value as Record<string, JsonValue>)[key], rest); // lists are read by index the same way
}

function replace(value: JsonValue, path: readonly string[], by: JsonValue): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? replace(item, rest, by) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === key ? replace(item, rest, by) : item]),
  );
}
