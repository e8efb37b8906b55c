import { AppError, type ErrorCode } from '@/lib/kernel/errors';

const statuses: Record<ErrorCode, [status: number, title: string]> = {
  malformed: [400, 'Malformed request'],
  unauthorized: [401, 'Not authenticated'],
  forbidden: [403, 'Not permitted'],
  not_found: [404, 'Not found'],
  conflict: [409, 'Conflict'],
  gone: [410, 'Gone'],
  too_large: [413, 'Too large'],
  unsupported_media: [415, 'Unsupported media type'],
  unprocessable: [422, 'Refused'],
  rate_limited: [429, 'Too many requests'],
  unavailable: [503, 'Unavailable'],
};

/** A failure as RFC 9457 problem+json. What is not an `AppError` says nothing of itself but the request id. */
export function problemResponse(error: unknown, requestId: string): Response {
  const failure = error instanceof AppError ? error : unexpected(error, requestId);
  const [status, title] = statuses[failure.code];
  const { errors, retryAfterSeconds } = failure.details;
  const headers: Record<string, string> = {};
  if (failure.code === 'rate_limited') headers['retry-after'] = String(retryAfterSeconds ?? 1);
  if (failure.code === 'unavailable') headers['retry-after'] = '1';
  if (failure.code === 'unauthorized') headers['www-authenticate'] = 'Bearer';
  const problem = { name: failure.code.replace('_', '-'), title, status, detail: failure.message, errors };
  return respond(problem, requestId, headers);
}

/** A path of ours by a method it does not have (RFC 9110 § 15.5.6). */
export function methodProblem(allowed: string[], requestId: string): Response {
  const detail = `expected ${allowed.join(' or ')}`;
  const problem = { name: 'method-not-allowed', title: 'Method not allowed', status: 405, detail };
  return respond(problem, requestId, { allow: allowed.join(', ') });
}

type ProblemBody = {
  name: string;
  title: string;
  status: number;
  detail: string;
  errors?: { pointer: string; detail: string }[];
};

function respond(
  { name, ...problem }: ProblemBody,
  requestId: string,
  headers: Record<string, string>,
): Response {
  const body = { type: `https://countersign.dev/problems/${name}`, ...problem, requestId };
  return new Response(JSON.stringify(body), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'x-request-id': requestId,
      'cache-control': 'no-store',
      ...headers,
    },
  });
}

/** Fail closed: whatever went wrong, nothing was allowed. */
function unexpected(error: unknown, requestId: string): AppError {
  console.error(`request ${requestId} failed`, error);
  return new AppError('unavailable', 'something went wrong on our side; nothing was allowed');
}
