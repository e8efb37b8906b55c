import type { JsonValue } from '../schema';

// Fields outside `editable` can't change, and nothing changes its JSON type.

export type EditError = { pointer: string; detail: string };

/**
 * What is wrong with an edit, by JSON pointer into the payload; empty when it may stand. `editable` holds paths such as
 * `payload.subject`; null = the whole payload. Inside an editable field keys may come and go; outside none may.
 */
export function editableError(editable: string[] | null, before: JsonValue, after: JsonValue): EditError[] {
  const open = editable === null ? [[]] : editable.map((path) => path.split('.').slice(1));
  const errors: EditError[] = [];
  compareValues(before, after, '', open, errors);
  return errors;
}

const MOST_ERRORS = 50;

function compareValues(
  before: JsonValue,
  after: JsonValue,
  pointer: string,
  open: string[][],
  errors: EditError[],
): void {
  if (errors.length >= MOST_ERRORS) return;
  const [was, is] = [typeOf(before), typeOf(after)];
  if (was !== is) {
    errors.push({ pointer, detail: `was ${was} and can’t become ${is}` });
    return;
  }
  const free = open.some((path) => path.length === 0);
  if (free && Array.isArray(before) && Array.isArray(after)) {
    compareListTypes(before, after, pointer, errors);
    return;
  }
  if (isStructure(before) && isStructure(after)) {
    compareKeys(before, after, pointer, open, errors);
    return;
  }
  if (!free && before !== after) errors.push({ pointer, detail: 'can’t be edited' });
}

type Structure = { [key: string]: JsonValue } | JsonValue[];

function compareKeys(
  before: Structure,
  after: Structure,
  pointer: string,
  open: string[][],
  errors: EditError[],
): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const inner = open.flatMap((path) =>
      path.length === 0 ? [path] : path[0] === key ? [path.slice(1)] : [],
    );
    const free = inner.some((path) => path.length === 0);
    const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const [was, is] = [own(before, key), own(after, key)];
    if (was !== undefined && is !== undefined) compareValues(was, is, at, inner, errors);
    else if (!free)
      errors.push({ pointer: at, detail: is === undefined ? 'can’t be removed' : 'can’t be added' });
  }
}

/** Elements of an editable list may come, go and move, but only with types that the list already had. */
function compareListTypes(
  before: JsonValue[],
  after: JsonValue[],
  pointer: string,
  errors: EditError[],
): void {
  const types = new Set(before.map(typeOf));
  if (types.size === 0) return;
  for (const [position, element] of after.entries()) {
    if (types.has(typeOf(element))) continue;
    const detail = `can’t be ${typeOf(element)} in a list of ${[...types].sort().join(' and ')}`;
    errors.push({ pointer: `${pointer}/${position}`, detail });
  }
}

function own(value: Structure, key: string): JsonValue | undefined {
  return Object.hasOwn(value, key) ? (value as { [key: string]: JsonValue })[key] : undefined; // as: a list's own keys are its positions
}

function isStructure(value: JsonValue): value is Structure {
  return typeof value === 'object' && value !== null;
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
