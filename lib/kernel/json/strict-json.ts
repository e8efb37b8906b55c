import { AppError } from '../errors';
import type { JsonValue } from './json-value';
import { type JsonLimits, scanJson } from './scan-json';

/** The one escape that stands for NUL: an odd number of backslashes, then u0000. */
const NUL = /(?<!\\)(?:\\\\)*\\u0000/;

const DEFAULT_LIMITS: JsonLimits = { bytes: 131072, depth: 32, keys: 2000, stringLength: 16384 };

/**
 * Reads JSON text (RFC 8259) in linear time, refusing whatever two readers could understand differently:
 * duplicate names, `__proto__`, lone surrogates, numbers a double does not keep. `-0` is read as 0.
 * Throws `too_large` over `bytes` (UTF-8), else `malformed` with the pointer of what was refused.
 */
export function parseStrictJson(text: string, limits: Partial<JsonLimits> = {}): JsonValue {
  const bounds = { ...DEFAULT_LIMITS, ...limits };
  if (exceeds(text, bounds.bytes)) throw tooLarge(bounds.bytes);
  return scanJson(text, bounds);
}

/**
 * Reads a request's JSON body, holding at most `limits.bytes` of it.
 * Throws `unsupported_media` unless it is plain `application/json` in UTF-8, `too_large`, or `malformed`, also for NUL.
 */
export async function readJsonBody(request: Request, limits: Partial<JsonLimits> = {}): Promise<JsonValue> {
  const bytes = limits.bytes ?? DEFAULT_LIMITS.bytes;
  requireJson(request.headers);
  if (Number(request.headers.get('content-length') ?? 0) > bytes) throw tooLarge(bytes);
  const text = decodeUtf8(await readBytes(request.body, bytes));
  if (text.trim() === '') throw malformed('expected a JSON body');
  if (NUL.test(text)) throw malformed('expected text without U+0000, which no database keeps');
  return parseStrictJson(text, limits);
}

function exceeds(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || new TextEncoder().encode(text).length > bytes;
}

function requireJson(headers: Headers): void {
  const type = headers.get('content-type') ?? '';
  const isJson = /^\s*application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i.test(type);
  if (!isJson) throw new AppError('unsupported_media', 'expected content-type application/json in UTF-8');
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding.trim().toLowerCase() !== 'identity') {
    throw new AppError('unsupported_media', 'expected a body without content-encoding');
  }
}

async function readBytes(body: Request['body'], limit: number): Promise<Uint8Array> {
  if (!body) return new Uint8Array();
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks, size);
    size += value.byteLength;
    if (size > limit) {
      // Not awaited: a sender that never answers the cancellation must not keep the refusal waiting.
      void reader.cancel().catch(() => undefined);
      throw tooLarge(limit);
    }
    chunks.push(value);
  }
}

function joined(chunks: Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('expected UTF-8, found other bytes');
  }
}

function malformed(detail: string): AppError {
  return new AppError('malformed', detail, { errors: [{ pointer: '', detail }] });
}

function tooLarge(bytes: number): AppError {
  return new AppError('too_large', `expected at most ${bytes} bytes of JSON`);
}
