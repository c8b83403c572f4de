import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FLOW_FORMAT } from './document';
import { migrate, MIGRATIONS } from './migrations';
import type { Migration } from './migrations/migration';
import { readFlow } from './read';

const order = () =>
  JSON.parse(
    readFileSync(new URL('../examples/order-fulfilment/order-fulfilment.flow.json', import.meta.url), 'utf8')
  ) as {
    [key: string]: unknown;
    steps: Record<string, unknown>[];
  };
const said = (value: unknown) =>
  readFlow(value).diagnostics.map(({ code, nodeId, path, message }) => ({
    code,
    nodeId,
    path: path.join('.'),
    message,
  }));

const chain: Migration[] = [
  {
    from: 1,
    change: "'label' is called 'title'",
    migrate: ({ label, ...more }) => ({ ...more, title: label }),
    back: ({ title, ...more }) => ({ ...more, label: title }),
  },
  {
    from: 2,
    change: 'titles begin with a capital',
    migrate: (document) => Object.assign(document, { title: String(document.title).toUpperCase() }),
    back: () => null,
  },
];

describe('formats of the flow document', () => {
  it('[MIG1] an older document is migrated step by step to the newest format', () => {
    expect(migrate({ format: 1, label: 'a' }, chain, 3).document).toEqual({ format: 3, title: 'A' });
    expect(migrate({ format: 2, title: 'a' }, chain, 3).document).toEqual({ format: 3, title: 'A' });
    expect(migrate({ format: 3, title: 'a' }, chain, 3).document).toEqual({ format: 3, title: 'a' });
  });

  it('[MIG1] there is one migration step for each format except the newest', () => {
    expect(MIGRATIONS.map(({ from }) => from)).toEqual(
      Array.from({ length: FLOW_FORMAT - 1 }, (_, index) => index + 1)
    );
    expect(readFlow(order()).document?.format).toBe(FLOW_FORMAT);
  });

  it('[MIG2] a newer document is refused, and the error names what it needs', () => {
    const [problem, ...more] = said({ ...order(), format: 7, somethingNew: true });
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ code: 'newer-format', nodeId: null, path: 'format' });
    expect(problem!.message).toBe(
      `This document needs a Backstitch that reads format 7; this one reads formats up to ${FLOW_FORMAT}.`
    );
  });

  it.each([undefined, null, '1', 0, -1, 1.5, Number.NaN])('[MIG2] %s is not a format', (format) => {
    expect(said({ ...order(), format })).toMatchObject([{ code: 'malformed', path: 'format' }]);
  });

  it('[MIG3] a migration does not change the object of the caller', () => {
    const document = { format: 2, title: 'a' };
    migrate(document, chain, 3);
    expect(document).toEqual({ format: 2, title: 'a' });
  });
});

describe('an unreadable document is refused with place and reason', () => {
  it.each([null, [], 'flow', 5])('%j is not a flow', (value) => {
    expect(said(value)).toMatchObject([
      { code: 'not-a-flow', message: expect.stringMatching(/^A flow document is a JSON object\./) },
    ]);
  });

  it.each([
    ['the history of a run', { events: [] }],
    ['copied steps', { 'backstitch steps': [], format: 2 }],
    ["'document'", { flow: 'x', document: {} }],
    ['OpenAPI', { openapi: '3.1.0', paths: {} }],
    ['Amazon States Language', { StartAt: 'a', States: {} }],
    ['n8n', { nodes: [], connections: {} }],
  ])('%s in place of a flow is named', (name, value) => {
    expect(said(value)).toMatchObject([{ code: 'not-a-flow', message: expect.stringContaining(name) }]);
  });

  it('an unknown kind of step is named', () => {
    const document = order();
    document.steps[0]!.kind = 'teleport';
    const [problem] = said(document);
    expect(problem).toMatchObject({ code: 'unknown-kind', nodeId: 'reserve-inventory', path: 'kind' });
    expect(problem!.message).toMatch(/'teleport'.*action, choice, parallel/);
  });

  it('a fault deep inside is reported at its own node', () => {
    const document = order();
    const choice = document.steps[1] as { branches: { steps: Record<string, unknown>[] }[] };
    choice.branches[0]!.steps[0]!.kind = 'forEach';
    expect(said(document)).toMatchObject([{ code: 'unknown-kind', nodeId: 'approve-order', path: 'kind' }]);
  });

  it('a field that is missing, unknown or of another type is named', () => {
    const missing = order();
    delete missing.steps[0]!.activity;
    expect(said(missing)).toMatchObject([{ code: 'malformed', nodeId: 'reserve-inventory', path: 'activity' }]);
    expect(said(missing)[0]!.message).toBe("'activity' is missing.");

    expect(said({ ...order(), title: 5 })).toMatchObject([{ nodeId: null, path: 'title' }]);
    expect(said({ ...order(), title: 5 })[0]!.message).toBe("'title': It must be a text.");

    const unknown = order();
    unknown.steps[0]!.colour = 'red';
    expect(said(unknown)).toMatchObject([{ nodeId: 'reserve-inventory', path: '' }]);
    expect(said(unknown)[0]!.message).toBe("'Reserve inventory' (reserve-inventory): There is no field 'colour' here.");
  });

  it('an entry of a list is named as people know it', () => {
    const branch = order();
    const choice = branch.steps[1] as { branches: Record<string, unknown>[] };
    choice.branches[0]!.colour = 'red';
    const types = order();
    types.steps[0]!.catch = [{ types: ['Error', 5], then: [] }];
    const tags = order();
    tags.steps[0]!.catch = ['Error'];
    expect([branch, types, tags].map((each) => said(each)[0]!.message)).toEqual([
      "'Above 500.00' (above-limit): There is no field 'colour' here.",
      "Entry 2 of 'types': It must be a text.",
      "Entry 1 of 'catch': It must be a group of fields.",
    ]);
  });

  it('a wrong duration or id, and a value that is not JSON, each have a clear message', () => {
    const document = order();
    Object.assign(document.steps[0]!, { id: 'Reserve It', options: { startToCloseTimeout: '5 minutes' } });
    const messages = said(document).map(({ path, message }) => `${path} ${message}`);
    expect(messages.find((each) => each.startsWith('id '))).toMatch(/small letters, digits and dashes/);
    expect(messages.find((each) => each.startsWith('options.startToCloseTimeout'))).toMatch(/A number and a unit/);

    const odd = order();
    odd.steps[0]!.input = { body: { amount: { deep: [1, undefined, () => 1] } } };
    expect(said(odd)[0]).toMatchObject({ nodeId: 'reserve-inventory', path: 'input.body.amount.deep.1' });
  });

  it('a duration without a limit is refused', () => {
    const document = order();
    document.deadline = '9'.repeat(400) + 'd';
    expect(said(document)).toMatchObject([{ code: 'malformed', path: 'deadline' }]);
    expect(said(document)[0]!.message).toMatch(/100 years/);
  });

  it('a document that is nested without a limit is refused without recursion', () => {
    const document = order();
    const deep = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown;
    document.steps[0]!.input = deep;
    const [problem] = said(document);
    expect(problem).toMatchObject({ code: 'malformed', nodeId: 'reserve-inventory' });
    expect(problem!.message).toMatch(/more than 200 levels of nesting/);
  });

  it('a field that would be lost is reported', () => {
    const document = JSON.parse(JSON.stringify(order()).replace('"orderId":', '"__proto__":')) as unknown;
    expect(said(document)[0]).toMatchObject({ code: 'malformed' });
    expect(said(document)[0]!.path).toMatch(/__proto__$/);
  });
});
