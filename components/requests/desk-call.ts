/** What came of a call to the desk: the answer, or why not in words that may be shown. `status` 0 is no answer at all. */
export type DeskAnswer<View> = { ok: true; view: View } | { ok: false; status: number; message: string };

/** POSTs JSON to the desk's own server. Never throws: no network is an answer too. */
export async function deskPost<View>(
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<DeskAnswer<View>> {
  return deskCall<View>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
}

export async function deskGet<View>(path: string): Promise<DeskAnswer<View>> {
  return deskCall<View>(path, { cache: 'no-store' });
}

async function deskCall<View>(path: string, init: RequestInit): Promise<DeskAnswer<View>> {
  try {
    const response = await fetch(path, { ...init, credentials: 'same-origin' });
    const answer: unknown = await response.json().catch(() => null);
    // Our own server wrote it, by the type its route states.
    if (response.ok) return { ok: true, view: answer as View };
    return {
      ok: false,
      status: response.status,
      message: messageOf(answer) ?? `The server answered ${response.status}.`,
    };
  } catch {
    return { ok: false, status: 0, message: 'The server can’t be reached. Nothing was changed.' };
  }
}

/** The human sentence of an `application/problem+json` or of a refusal's `{reason}`. */
function messageOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null) return null;
  for (const text of [
    'reason' in answer && answer.reason,
    'detail' in answer && answer.detail,
    'title' in answer && answer.title,
  ]) {
    if (typeof text === 'string' && text !== '') return text;
  }
  return null;
}
