// Setting one value leaves everything else of the payload as it was.

import type { JsonValue } from '@/lib/kernel/json/json-value';

/** A copy of `root` with `value` at `path`; a path that isn't there changes nothing. */
export function setAt(root: JsonValue, path: readonly (string | number)[], value: JsonValue): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof root !== 'object' || root === null) return root;
  if (Array.isArray(root))
    return root.map((item, index) => (index === step ? setAt(item, rest, value) : item));
  // Built from entries, so that a member named __proto__ stays a member.
  return Object.fromEntries(
    Object.entries(root).map(([name, item]) => [name, name === step ? setAt(item, rest, value) : item]),
  );
}

/** Whether the document lets a reviewer change the field at `path`; `editable` null is the whole payload. */
export function mayEdit(editable: string[] | null, path: readonly (string | number)[]): boolean {
  if (editable === null) return true;
  const dotted = ['payload', ...path].join('.');
  return editable.some(
    (allowed) => dotted === allowed || dotted.startsWith(`${allowed}.`) || allowed === 'payload',
  );
}
