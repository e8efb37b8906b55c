import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonValue } from '@/lib/kernel/json/json-value';

/** An answer of the API; `body` is its JSON, null where it has none. */
export type ApiAnswer = { status: number; body: JsonValue; replayed: boolean };
export type AgentClient = (
  method: 'GET' | 'POST',
  path: string,
  options?: { body?: JsonValue; idempotencyKey?: string },
) => Promise<ApiAnswer>;

const mostTries = 6;
const longestPauseSeconds = 65;

/**
 * Calls the agent API with one key. Waits as `Retry-After` asks on 429 and 503, and tries a lost connection again, at
 * most six times in all; POSTs are safe to repeat by their idempotency key. Throws when nothing answered or 503 stays.
 */
export function agentClient(url: string, key: string, onPause: (why: string) => void): AgentClient {
  return async (method, path, { body, idempotencyKey } = {}) => {
    const init: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(new URL(path, url), init).catch((error: unknown) => {
        if (attempt >= mostTries) throw new Error(`nothing answers at ${url}: ${reasonOf(error)}`);
        return null;
      });
      const answered = response && response.status !== 429 && response.status !== 503;
      if (response?.status === 503 && attempt >= mostTries) throw unavailable(url);
      if (response && (answered || attempt >= mostTries)) return readAnswer(response);
      await response?.body?.cancel();
      onPause(response ? `the server answers ${response.status}` : 'the connection failed');
      await sleep(pauseSeconds(response, attempt) * 1000);
    }
  };
}

async function readAnswer(response: Response): Promise<ApiAnswer> {
  const text = await response.text();
  let body: JsonValue = null;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    body = { detail: text.slice(0, 200) };
  }
  return { status: response.status, body, replayed: response.headers.get('idempotent-replayed') === 'true' };
}

/** What the server asks for, else doubling from a quarter second; up to half as much again, so that callers spread. */
function pauseSeconds(response: Response | null, attempt: number): number {
  const asked = Number(response?.headers.get('retry-after') ?? Number.NaN);
  const seconds = Number.isFinite(asked) && asked >= 0 ? asked : 0.25 * 2 ** (attempt - 1);
  return Math.min(seconds, longestPauseSeconds) * (1 + Math.random() / 2);
}

function unavailable(url: string): Error {
  return new Error(`${url} keeps answering 503: stopped. Run it again later, nothing will be asked twice.`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}
