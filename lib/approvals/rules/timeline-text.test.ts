import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EventType } from '@/lib/audit/rules/event-type';
import { timelineText } from './timeline-text';

const room = new URL('../', import.meta.url);

describe('each event of a request in the words a reviewer uses: policy denies, people reject', () => {
  it('has words for every event that a verb of this room writes', () => {
    const written = readdirSync(room)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .flatMap(
        (file) =>
          readFileSync(new URL(file, room), 'utf8').match(
            /(?<=')(action|approval|token|audit)\.[a-z_]+(?=')/g,
          ) ?? [],
      );
    const events = written.filter((type) => EventType.safeParse(type).success);
    expect(new Set(events).size).toBeGreaterThan(10);
    expect(events.filter((type) => timelineText(type, null, null) === type)).toEqual([]);
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
    expect(timelineText('org.created', null, null)).toBe('org.created');
  });
});
