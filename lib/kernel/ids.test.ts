import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromWire, newId, toWire } from './ids';

describe('ids', () => {
  it('are UUIDv7 of this moment, distinct and ascending', { timeout: 30_000 }, () => {
    const before = Date.now();
    const ids = Array.from({ length: 100_000 }, newId);
    const after = Date.now();
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const time = Number.parseInt((ids[0] ?? '').replaceAll('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before - 1);
    expect(time).toBeLessThanOrEqual(after);
  });

  it('go to the wire and back, in either case', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const wire = toWire('req', uuid);
        expect(wire).toMatch(/^req_[0-7][0-9A-Z]{25}$/);
        expect(fromWire('req', wire)).toBe(uuid);
        expect(fromWire('req', wire.toLowerCase())).toBe(uuid);
        expect(fromWire('agt', wire)).toBeNull();
      }),
    );
  });

  it('keep their order on the wire', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (a, b) => {
        expect(toWire('evt', a) < toWire('evt', b)).toBe(a < b);
      }),
    );
  });

  it('have known texts', () => {
    expect(toWire('org', '00000000-0000-0000-0000-000000000000')).toBe(`org_${'0'.repeat(26)}`);
    expect(toWire('org', 'ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe(`org_7${'Z'.repeat(25)}`);
    expect(toWire('req', '01932c07-209c-7b5e-8f2a-0123456789ab')).toBe('req_01JCP0E84WFDF8YAG14D2PF2DB');
    expect(() => toWire('org', 'org_1')).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it.each([
    '',
    'req_',
    'req_01JCP0E84WFDF8YAG14D2PF2D',
    'req_01JCP0E84WFDF8YAG14D2PF2DBB',
    'req_81JCP0E84WFDF8YAG14D2PF2DB',
    'req_0IJCP0E84WFDF8YAG14D2PF2DB',
    'req_0LJCP0E84WFDF8YAG14D2PF2DB',
    'req_01JCPOE84WFDF8YAG14D2PF2DB',
    'req_01JCPUE84WFDF8YAG14D2PF2DB',
    'req-01JCP0E84WFDF8YAG14D2PF2DB',
    ' req_01JCP0E84WFDF8YAG14D2PF2DB',
    'req_01JCP0E84WFDF8YAG14D2PF2DB\n',
    'req_01JCP0E84WFDF8YAG14D2PF2Dſ',
    '01932c07-209c-7b5e-8f2a-0123456789ab',
  ])('refuse %j', (text) => {
    expect(fromWire('req', text)).toBeNull();
  });

  it('refuse a Kelvin sign for the k of a prefix', () => {
    expect(fromWire('key', '\u212aey_01JCP0E84WFDF8YAG14D2PF2DB')).toBeNull();
  });
});
