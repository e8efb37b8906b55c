import { describe, expect, it } from 'vitest';
import { requirementLabel } from './requirement-label';

describe('a requirement is named as people speak of it: the group’s name, the person, the pool', () => {
  it.each([
    ['approvers', 'Approvers'],
    ['owner', "Agent's owner"],
    ['any', 'A second person'],
    ['group:finance', 'Finance team'],
    ['group:gone', 'gone'],
    ['user:kim@acme.test', 'kim@acme.test'],
  ])('%s is %s', (from, label) => {
    expect(requirementLabel(from, new Map([['finance', 'Finance team']]))).toBe(label);
  });
});
