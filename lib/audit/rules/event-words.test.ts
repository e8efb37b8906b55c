import { expect, test } from 'vitest';
import { EventType } from './event-type';
import { eventTone, eventWords } from './event-words';

test('Every event of the record is told in words, no two alike', () => {
  const told = EventType.options.map(eventWords);
  expect(new Set(told).size).toBe(told.length);
  for (const text of told) expect(text).toMatch(/^[A-Z][A-Za-z ]+$/);
});

test('A type without words of its own is read as it is spelt, whatever it is called', () => {
  expect(eventWords('grant.window_moved')).toBe('Grant window moved');
  expect(eventWords('constructor')).toBe('Constructor');
  expect(eventTone('constructor')).toBe('slate');
});
