/** Any value JSON can carry (RFC 8259), as the strict reader returns it and the canonical writer takes it. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object; look its members up by own property only, for its names may come from strangers. */
export type JsonObject = { [key: string]: JsonValue };
