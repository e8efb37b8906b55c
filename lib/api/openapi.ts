import * as z from 'zod/v4/core';
import { ListQuery } from '@/lib/approvals/list-own-requests';
import { AuthorizeBody, CancelBody, RedeemBody, ResultBody, VerifyBody } from '@/lib/approvals/schema';
import { env } from '@/lib/kernel/env';
import { jsonResponse, openRoute } from './agent-route';
import * as answers from './answers';

type Operation = {
  summary: string;
  operationId: string;
  body?: z.$ZodType;
  answer: z.$ZodType;
  path?: 'id';
  query?: z.$ZodType;
  headers?: ('Prefer' | 'Idempotency-Key' | 'If-None-Match')[];
  open?: true;
};

/** Every call of the agent API, with the very schemas its handler parses by. */
const operations: Record<string, Record<string, Operation>> = {
  '/v1/authorize': {
    post: {
      operationId: 'authorize',
      summary: 'Judge an action, record it, and open a request where a person is needed',
      body: AuthorizeBody,
      answer: answers.RequestView,
      query: answers.DryRunQuery,
      headers: ['Idempotency-Key'],
    },
  },
  '/v1/requests': {
    get: {
      operationId: 'listRequests',
      summary: 'Your own requests, newest first',
      query: ListQuery,
      answer: answers.RequestList,
    },
  },
  '/v1/requests/{id}': {
    get: {
      operationId: 'getRequest',
      summary: 'The state now; with Prefer: wait=N when it changes',
      path: 'id',
      answer: answers.RequestView,
      headers: ['Prefer', 'If-None-Match'],
    },
  },
  '/v1/requests/{id}/cancel': {
    post: {
      operationId: 'cancelRequest',
      summary: 'Withdraw a pending request',
      path: 'id',
      body: CancelBody,
      answer: answers.RequestView,
      headers: ['Idempotency-Key'],
    },
  },
  '/v1/requests/{id}/result': {
    post: {
      operationId: 'reportResult',
      summary: 'Say what came of a redeemed action',
      path: 'id',
      body: ResultBody,
      answer: answers.RequestView,
      headers: ['Idempotency-Key'],
    },
  },
  '/v1/tokens/verify': {
    post: {
      operationId: 'verifyToken',
      summary: 'Whether a proof is genuine for this payload',
      body: VerifyBody,
      answer: answers.Verified,
      open: true,
    },
  },
  '/v1/tokens/redeem': {
    post: {
      operationId: 'redeemToken',
      summary: 'Spend an approval, once',
      body: RedeemBody,
      answer: answers.Redeemed,
      headers: ['Idempotency-Key'],
      open: true,
    },
  },
  '/v1/keys': {
    get: {
      operationId: 'listKeys',
      summary: 'Public keys that verify tokens (PASERK)',
      answer: answers.Keys,
      open: true,
    },
  },
};

/** `GET /v1/openapi.json`: the OpenAPI 3.1 document of this API. */
export const openApi = openRoute(async (_request, requestId) =>
  jsonResponse(openApiDocument(env().COUNTERSIGN_URL), requestId, { 'cache-control': 'public, max-age=60' }),
);

/** The document, for a server at this address. */
export function openApiDocument(serverUrl: string) {
  return {
    openapi: '3.1.0',
    info: { title: 'Countersign agent API', version: '1', description: 'Agents ask before they act.' },
    servers: [{ url: serverUrl }],
    security: [{ key: [] }],
    paths: Object.fromEntries(
      Object.entries(operations).map(([path, methods]) => [
        path,
        Object.fromEntries(
          Object.entries(methods).map(([method, operation]) => [method, operationObject(operation)]),
        ),
      ]),
    ),
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key, cs_live_…' } },
      schemas: { Problem: schemaOf(answers.Problem, 'output') },
    },
  };
}

function operationObject(operation: Operation) {
  const problem = {
    description: 'A problem (RFC 9457)',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  return {
    operationId: operation.operationId,
    summary: operation.summary,
    parameters: parametersOf(operation),
    ...(operation.open && { security: [] }),
    ...(operation.body && {
      requestBody: {
        required: operation.body !== CancelBody,
        content: { 'application/json': { schema: schemaOf(operation.body, 'input') } },
      },
    }),
    responses: {
      '200': {
        description: 'Done',
        content: { 'application/json': { schema: schemaOf(operation.answer, 'output') } },
      },
      ...(operation.headers?.includes('If-None-Match') && { '304': { description: 'Unchanged' } }),
      default: problem,
    },
  };
}

function parametersOf({ path, query, headers = [] }: Operation) {
  const inQuery = query ? Object.entries(schemaOf(query, 'input').properties ?? {}) : [];
  return [
    ...(path ? [{ name: path, in: 'path', required: true, schema: { type: 'string' } }] : []),
    ...inQuery.map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
    ...headers.map((name) => ({ name, in: 'header', required: false, schema: { type: 'string' } })),
  ];
}

function schemaOf(schema: z.$ZodType, io: 'input' | 'output') {
  const { $schema: _$schema, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  });
  return rest;
}
