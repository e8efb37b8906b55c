import * as z from 'zod/v4/core';
import { AppError } from '@/lib/kernel/errors';
import { jsonPointer } from '@/lib/kernel/json/json-pointer';

// The schemas are the small zod's, which brings no words of its own.
z.config(z.locales.en());

/** A value as its schema has it. Throws `code` with one JSON pointer for each thing that is wrong. */
export function parseAs<Schema extends z.$ZodType>(
  schema: Schema,
  value: unknown,
  code: 'malformed' | 'unprocessable' = 'unprocessable',
): z.output<Schema> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, 20).map((issue) => ({
    pointer: jsonPointer(
      [...issue.path, ...unknownKey(issue)].map((step) => (typeof step === 'symbol' ? String(step) : step)),
    ),
    detail: issue.message,
  }));
  throw new AppError(
    code,
    errors[0] ? `${errors[0].pointer || 'body'}: ${errors[0].detail}` : 'not what was expected',
    { errors },
  );
}

/** An unknown member is pointed at by its own name. */
function unknownKey(issue: z.$ZodIssue): string[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
}
