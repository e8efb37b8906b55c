import { expect, test, vi } from 'vitest';
import { makeOrg } from '@/lib/approvals/testing/test-org';
import { newId } from '@/lib/kernel/ids';
import { transact } from '@/lib/kernel/transact';
import { notifyWake } from '@/lib/kernel/wake';
import { changeStream } from './change-stream';

const yes = () => Promise.resolve(true);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The text of the stream until it says `wanted` or ends; and whether it ended. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: string | null) {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text, ended: true };
    text += decoder.decode(value);
    if (wanted !== null && text.includes(wanted)) return { text, ended: false };
  }
}

test('A change in the reader’s org arrives by its id; another org’s does not', async () => {
  const [org, other] = [await makeOrg(), await makeOrg()];
  const left = new AbortController();
  const reader = changeStream(org.id, yes, left.signal).getReader();
  await readUntil(reader, 'hello');
  const theirs = await other.ask();
  const ours = await org.ask();
  const { text } = await readUntil(reader, ours.id);
  expect(text).not.toContain(theirs.id);
  left.abort();
});

test('The stream ends when its reader signed out, though nothing else happens', async () => {
  const stands = vi.fn(yes).mockResolvedValueOnce(true).mockResolvedValue(false);
  const reader = changeStream(newId(), stands, new AbortController().signal, 20).getReader();
  const { text, ended } = await readUntil(reader, null);
  expect([ended, text.match(/: still here/g)?.length]).toEqual([true, 1]);
  await pause(60);
  expect(stands).toHaveBeenCalledTimes(2);
});

test('A check that fails harms nobody, and the next one counts', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const stands = vi.fn(yes).mockRejectedValueOnce(new Error('the database is away'));
  const left = new AbortController();
  const reader = changeStream(newId(), stands, left.signal, 20).getReader();
  await readUntil(reader, ': still here');
  expect(warned).toHaveBeenCalledTimes(1);
  left.abort();
  warned.mockRestore();
});

test('A reader who leaves while being checked is no failure', async () => {
  let answer = (_still: boolean) => {};
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const stands = vi.fn(
    () =>
      new Promise<boolean>((resolve) => {
        answer = resolve;
      }),
  );
  const reader = changeStream(newId(), stands, new AbortController().signal, 10).getReader();
  await vi.waitFor(() => expect(stands).toHaveBeenCalled());
  await reader.cancel();
  const asked = stands.mock.calls.length;
  answer(true);
  await pause(40);
  expect(stands).toHaveBeenCalledTimes(asked);
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});

test('A reader who falls far behind is let go: what waits for them stays small', async () => {
  const org = await makeOrg();
  const reader = changeStream(org.id, yes, new AbortController().signal).getReader();
  await readUntil(reader, 'hello');
  const ids = Array.from({ length: 3000 }, () => newId());
  await transact(org.admin, (open) => notifyWake(open, [{ org: org.id, topic: 'request', ids }]));
  await pause(300);
  const { text, ended } = await readUntil(reader, null);
  expect(ended).toBe(true);
  expect(text.length).toBeGreaterThan(10_000);
  expect(text.length).toBeLessThan(20_000);
});
