import { expect, test } from 'vitest';
import { previewEdit } from './preview-edit';
import { revealPayload } from './reveal-payload';
import { mask } from './rules/masking';
import { showRequest } from './show-request';
import { makeOrg, payment } from './testing/test-org';

const secret = 'DE89370400440532013000';

test('What the agent called sensitive is masked wherever the page repeats it, for everyone', async () => {
  const org = await makeOrg();
  const { id } = await org.ask(
    payment({
      payload: { amount: 80, to: secret, n: 1 },
      sensitive: ['payload.to'],
      diff: { before: { to: secret, amount: 70 }, after: { to: secret, amount: 80 } },
      context: { runId: 'run_1', inputs: { to: secret, invoice: 7 } },
    }),
  );
  for (const name of ['fay', 'sam', 'olga']) {
    const shown = await showRequest(org.person(name), id);
    expect(JSON.stringify(shown)).not.toContain(secret);
    expect(shown).toMatchObject({
      diff: { before: { to: mask, amount: 70 }, after: { to: mask, amount: 80 } },
      context: { runId: 'run_1', inputs: { to: mask, invoice: 7 } },
      masked: ['/to'],
    });
  }
  expect((await revealPayload(org.person('fay'), id)).payload).toMatchObject({ to: secret });
});

test('Only who may vote may try an edit: anyone else could guess at what is masked', async () => {
  const org = await makeOrg();
  const { id } = await org.ask(payment({ payload: { amount: 80, to: secret }, sensitive: ['payload.to'] }));
  const tryIt = (name: string, to: string) =>
    previewEdit(org.person(name), id, { payload: { amount: 80, to } });
  for (const name of ['sam', 'olga', 'agata']) {
    for (const guess of [secret, 'FR76', mask])
      await expect(tryIt(name, guess)).rejects.toMatchObject({ code: 'forbidden', message: /\w/ });
  }
  expect(await tryIt('fay', mask)).toMatchObject({ ok: true, slots: 1 });
  expect(await tryIt('fay', 'FR76')).toMatchObject({ ok: false, errors: [{ pointer: '/to' }] });
});
