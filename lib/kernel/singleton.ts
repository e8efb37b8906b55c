/**
 * One instance a process, whichever bundle asks: the server and Next's own bundle are two module graphs.
 * The first caller's `make` wins.
 */
export function singleton<T>(name: string, make: () => T): T {
  const store = globalThis as unknown as Record<symbol, unknown>; // globalThis has no index signature for symbols
  const key = Symbol.for(`countersign.${name}`);
  if (!(key in store)) store[key] = make();
  return store[key] as T; // written two lines above under the same key
}
