import { expect, test, vi } from 'vitest';
import * as yaml from 'yaml';
import { readOpenApi } from './read-openapi';

vi.mock('yaml', { spy: true });

const YAML = `openapi: 3.0.3
info: { title: Pets, version: 1 }
paths:
  /pets:
    get: { operationId: list, responses: { 200: { description: ok } } }
`;

test('[RO1] JSON and YAML are read', async () => {
  const json = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Pets' },
    paths: { '/pets': { get: { operationId: 'list' } } },
  });
  for (const text of [YAML, json])
    expect(await readOpenApi(text)).toMatchObject({
      list: { title: 'Pets', operations: [{ name: 'list', path: '/pets' }] },
    });
});

test('[RO2] a text that is neither, a document that is too large, and aliases that multiply are refused in words', async () => {
  expect(await readOpenApi('{ a: [')).toEqual({ problem: expect.stringMatching(/neither JSON nor YAML/) as string });
  expect(await readOpenApi('just words')).toEqual({ problem: expect.stringMatching(/OpenAPI 3.0 to 3.2/) as string });
  expect(await readOpenApi(' '.repeat(20_000_001))).toEqual({ problem: 'The document is larger than 20 MB.' });
  const levels = Array.from(
    { length: 30 },
    (_, at) => `a${at + 1}: &a${at + 1} [${Array(9).fill(`*a${at}`).join(',')}]`
  );
  const bomb = ['openapi: 3.0.0', 'a0: &a0 [x,x,x]', ...levels].join('\n');
  expect(await readOpenApi(bomb)).toEqual({ problem: expect.stringMatching(/alias/i) as string });
});

test('[RO3] JSON is not read as YAML, and braces of YAML are', async () => {
  vi.mocked(yaml.parse).mockClear();
  await readOpenApi(JSON.stringify({ openapi: '3.1.0', info: { title: 'Pets' }, paths: {} }));
  expect(yaml.parse).not.toHaveBeenCalled();
  expect(await readOpenApi('{ openapi: 3.1.0, info: { title: Pets }, paths: { /pets: { get: {} } } }')).toMatchObject({
    list: { title: 'Pets' },
  });
  expect(yaml.parse).toHaveBeenCalledOnce();
});

test('[RO5] a document without operations says so, and names the documents that have them', async () => {
  const of = (paths: object) => readOpenApi(JSON.stringify({ openapi: '3.1.0', info: { title: 'Pets' }, paths }));
  expect(await of({ '/a': { get: null } })).toEqual({
    problem: expect.stringMatching(/^It has no operations/) as string,
  });
  expect(await of({ '/a': { $ref: './a.yaml' } })).toEqual({ problem: expect.stringContaining('/a') as string });
});

test('[RO4] `<<` in YAML adds the fields of another group', async () => {
  const text = `openapi: 3.0.3
x-common: &common { deprecated: true, summary: Common }
paths:
  /pets: { get: { <<: *common, operationId: list } }
`;
  expect(await readOpenApi(text)).toMatchObject({
    list: { operations: [{ name: 'list', title: 'Common', deprecated: true }] },
  });
});
