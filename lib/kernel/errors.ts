/** The failures every door can name; each door maps them once to its own dialect. */
export type ErrorCode =
  | 'malformed'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'too_large'
  | 'unsupported_media'
  | 'unprocessable'
  | 'rate_limited'
  | 'unavailable';

export type ErrorDetails = {
  errors?: { pointer: string; detail: string; line?: number; column?: number }[];
  retryAfterSeconds?: number;
  [key: string]: unknown;
};

/** A failure, as opposed to a decision: says what was expected and what was found, never a secret. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}
