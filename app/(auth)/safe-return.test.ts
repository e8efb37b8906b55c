import { expect, test } from 'vitest';
import { safeReturn } from './safe-return';

test.each([
  ['/requests/req_1?x=1#y', '/requests/req_1?x=1#y'],
  ['//evil.test', '/inbox'],
  ['/\\evil.test', '/inbox'],
  ['/\t/evil.test', '/inbox'],
  ['https://evil.test', '/inbox'],
  ['javascript:alert(1)', '/inbox'],
  ['', '/inbox'],
  [undefined, '/inbox'],
  [['/a', '/b'], '/inbox'],
])('After signing in a person goes to a page of this desk and nowhere else: %j', (asked, to) => {
  expect(safeReturn(asked)).toBe(to);
});
