import { afterEach, beforeEach, expect } from 'vitest';

// A console.error fails the test it happens in: what a test expects to fail it catches.
const said: string[] = [];
const original = console.error;

beforeEach(() => {
  said.length = 0;
  console.error = (...parts: unknown[]) => {
    said.push(parts.map(String).join(' '));
    original(...parts);
  };
});

afterEach(() => {
  console.error = original;
  expect(said, 'console.error was called').toEqual([]);
});
