import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { agentLane } from './agent-lane';
import { openApiDocument } from './openapi';

const document = JSON.parse(JSON.stringify(openApiDocument('https://desk.acme.test')));
const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
type Operation = {
  operationId: string;
  parameters: { name: string; in: string }[];
  security?: unknown[];
  responses: Record<string, unknown>;
};

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1 to an independent validator, which refuses a broken one', async () => {
    const found = await new Validator().validate(structuredClone(document));
    expect(found.errors).toBeUndefined();
    expect(found.valid).toBe(true);
    expect(document.openapi).toMatch(/^3\.1\./);
    const broken = { ...structuredClone(document), info: { title: 5 } };
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  it('describes every lane of the agents’ door, and nothing that is no lane', () => {
    const source = readFileSync(new URL('./agent-lane.ts', import.meta.url), 'utf8');
    const lanes = [...source.matchAll(/\{ method: '([A-Z]+)', path: \/\^(\S+)\$\/, run:/g)].map(
      ([, method, path = '']) => {
        const plain = path.replaceAll('\\', '').replace('([^/]{1,64})', '{id}');
        return `${method} ${plain}`;
      },
    );
    const described = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect(lanes).toHaveLength(described.length + 1);
    expect([...described, 'GET /v1/openapi.json'].sort()).toEqual(lanes.sort());
  });

  it('answers a described path by its own methods only', async () => {
    for (const { path } of operations) {
      const answer = await agentLane(
        'DELETE',
        path.replace('{id}', 'req_1'),
      )?.(new Request('http://desk.test'));
      expect(answer?.status).toBe(405);
      expect(answer?.headers.get('content-type')).toBe('application/problem+json');
      expect(await answer?.json()).toMatchObject({
        status: 405,
        requestId: answer?.headers.get('x-request-id'),
      });
      const allowed = operations
        .filter((each) => each.path === path)
        .map(({ method }) => method.toUpperCase());
      expect(answer?.headers.get('allow')?.split(', ').sort()).toEqual(allowed.sort());
    }
    expect(agentLane('GET', '/inbox')).toBeNull();
    expect((await agentLane('GET', '/v1/nothing')?.(new Request('http://desk.test')))?.status).toBe(404);
  });

  it('says of every call what goes wrong, and asks for a key but where the body is the credential', () => {
    for (const { operation } of operations)
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['200', 'default']));
    const open = operations.filter(({ operation }) => operation.security?.length === 0);
    expect(open.map(({ operation }) => operation.operationId).sort()).toEqual([
      'listKeys',
      'redeemToken',
      'verifyToken',
    ]);
  });

  it('names every placeholder of a path', () => {
    for (const { path, operation } of operations) {
      const named = operation.parameters
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => `{${name}}`);
      expect(named).toEqual(path.match(/\{\w+\}/g) ?? []);
    }
  });
});
