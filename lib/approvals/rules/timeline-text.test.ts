import { describe, expect, it } from 'vitest';
import { EventType } from '@/lib/audit/rules/event-type';
import { timelineText } from './timeline-text';

describe('each event of a request in the words a reviewer uses: policy denies, people reject', () => {
  it('has words for every event that a request can have', () => {
    const ofRequests = EventType.options.filter((type) => /^(action|approval|token)\.|^audit\.revealed$/.test(type));
    const unwritten = ofRequests.filter((type) => timelineText(type, null, null) === type);
    expect(unwritten).toEqual([]);
  });

  it.each([
    ['approval.voted', null, 'approve', 'approved'],
    ['approval.voted', null, 'reject', 'rejected'],
    ['action.reported', 'succeeded', null, 'reported success'],
    ['action.reported', 'failed', null, 'reported a failure'],
    ['action.denied', 'denied', null, 'denied by policy'],
  ])('%s %s %s: %s', (type, status, verdict, text) => {
    expect(timelineText(type, status, verdict)).toBe(text);
  });

  it('never says that policy rejected or that a person denied', () => {
    expect(timelineText('action.denied', 'denied', null)).not.toMatch(/reject/);
    expect(timelineText('approval.rejected', 'rejected', null)).not.toMatch(/den(y|ied)/i);
  });

  it('shows an event it has no words for by its name', () => {
    expect(timelineText('constructor', null, null)).toBe('constructor');
  });
});
