import { AppError } from '@/lib/kernel/errors';

/** Where something stands in the document: 1-based line and column, and the JSON pointer of its value. */
export type Place = { pointer: string; line: number; column: number };

/** Throws `unprocessable` naming line and column; `details.errors` holds the same for machines. */
export function refuse(place: Place, detail: string): never {
  const { pointer, line, column } = place;
  const message = `line ${line}, column ${column}: ${detail}`;
  throw new AppError('unprocessable', message, { errors: [{ pointer, detail, line, column }] });
}

/** Line and column of an offset in the text. */
export function placeAt(text: string, offset: number, pointer = ''): Place {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', next + 1)) {
    line += 1;
    start = next + 1;
  }
  return { pointer, line, column: offset - start + 1 };
}
