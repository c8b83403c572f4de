/** Golden cases: the same input gives the same bytes, which type-check strictly and run. Bad input gives diagnostics with node ids. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../activities/catalogue';
import { provesHistories } from '../history/testing/proof';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker } from '../worker/embedded-worker';
import { WorkflowUnderTest } from '../worker/testing/run-workflow';
import { compile } from './compile';
import { expressionProblems } from './expressions';
import { readSagaSources } from './saga-sources';

interface Order {
  name: string;
  steps: { id: string; kind: string; when?: string; branches?: { when: string }[] }[];
  scenarios: { name: string; input: Record<string, unknown> }[];
}
const order = () => JSON.parse(readFileSync('engine/shop/order-fulfilment.flow.json', 'utf8')) as Order;
const saga = readSagaSources();
provesHistories('scripted');
const compileFlow = (document: unknown) => compile(document, { version: 1, catalogue, saga });

function typeErrors(code: string): string[] {
  mkdirSync('.backstitch', { recursive: true });
  const folder = mkdtempSync(path.resolve('.backstitch/type-check-'));
  try {
    const file = path.join(folder, 'workflow.ts');
    writeFileSync(file, code);
    const program = ts.createProgram([file], {
      strict: true,
      noEmit: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: ['node'],
      paths: { '@backstitch/saga': [path.resolve('engine/saga/index.ts')] },
    });
    return ts
      .getPreEmitDiagnostics(program)
      .map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, ' '));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('order-fulfilment', () => {
  it('[K1] compiles to the golden text, and again to the same bytes', async () => {
    const { code, diagnostics, manifest } = await compileFlow(order());
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect((await compileFlow(order())).code).toBe(code);
    expect((await compileFlow(order())).manifest?.sha).toBe(manifest?.sha);
    const golden = 'engine/compiler/golden/order-fulfilment/_expected/workflow.ts';
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, code);
    expect(code).toBe(readFileSync(golden, 'utf8'));
  });

  it('[K2] type-checks strictly, and has no any', async () => {
    const { code } = await compileFlow(order());
    expect(typeErrors(code)).toEqual([]);
    expect(code).not.toMatch(/(:|<|as|\||,)\s*any\b\s*[;,)>|=\[]/);
  });

  it('[K3] the manifest says where each node is in the code', async () => {
    const { code, manifest } = await compileFlow(order());
    const lines = code.split('\n');
    for (const node of Object.values(manifest?.nodes ?? {})) {
      expect(lines[node.lines[0] - 1]).toContain(`// ${node.title}`);
      expect(lines.slice(node.lines[0] - 1, node.lines[1]).join('\n')).toContain(`'${node.id}'`);
    }
    expect(code).not.toContain('//@');
  });

  it('[K4] runs as it is shown: large orders wait, a failing shipment unwinds', async () => {
    const { files } = await compileFlow(order());
    const library = Object.fromEntries(Object.entries(saga).map(([name, text]) => [`saga/${name}`, text]));
    const alias = { '@backstitch/saga': 'saga/index.ts' };
    const source = { entry: 'workflow.ts', modules: { ...files, ...library }, alias };
    const bundle = await bundleWorkflows(source);
    expect(bundle.workflowTypes).toEqual(['orderFulfilment_v1']);
    const worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
    const calls: string[] = [];
    const activities = {
      'http.request': ({ path: at }: { path: string }) => {
        calls.push(at);
        if (at === '/shipments') throw new Error('no carrier');
        if (at.endsWith('settle')) return { applied: false };
        return { reservationId: 'r', transactionId: 't', trackingNumber: 'n', mailId: 'm', amount: 1, currency: 'EUR' };
      },
      'human.open': () => void calls.push('open'),
      'human.close': () => void calls.push('close'),
    };
    const { input } = order().scenarios[0]!;
    try {
      const executor = new ActivityExecutor({ activities });
      const run = new WorkflowUnderTest(worker, executor, 'orderFulfilment_v1', [input], { source });
      await run.run();
      expect(run.failures).toEqual([]);
      expect(calls[0]).toBe('/reservations');
      expect(calls).toContain('/payments/refund');
      expect(calls.indexOf('/reservations/release')).toBeGreaterThan(calls.indexOf('/payments/refund'));
      const large = new WorkflowUnderTest(worker, executor, 'orderFulfilment_v1', [{ ...input, amount: 60_000 }], {
        runKey: 2,
        workflowId: 'large',
        source,
      });
      await large.run({ until: () => large.state.timers.size === 1 });
      expect(large.state.status).toBe(1);
      expect(calls.at(-1)).toBe('open');
    } finally {
      await worker.close();
    }
  });
});

describe('bad documents', () => {
  const choice = (document: Order, when: string) => {
    const node = document.steps.find(({ kind }) => kind === 'choice');
    node!.branches![0]!.when = when;
    return { document, nodeId: node!.id };
  };

  it('[K5] a newer format, a malformed document and an unknown node kind are refused by name', async () => {
    expect((await compileFlow({ ...order(), format: 99 })).diagnostics).toMatchObject([{ code: 'newer-format' }]);
    expect((await compileFlow('nonsense')).diagnostics).toMatchObject([{ code: 'not-a-flow' }]);
    const unknown = order();
    unknown.steps[0]!.kind = 'teleport';
    const { diagnostics, manifest } = await compileFlow(unknown);
    expect(manifest).toBeNull();
    expect(diagnostics[0]).toMatchObject({ severity: 'error', nodeId: unknown.steps[0]!.id });
  });

  const hostile = [
    'input.constructor',
    'input.__proto__',
    'process.exit()',
    "import('fs')",
    '(() => { for (;;); })()',
    "input['constructor']",
    'globalThis',
    'new Date()',
    'input.amount = 1',
    'input.amount++',
    '`${process}`',
    'input.items.map(function () { return 1 })',
    'input.items.map(x => x.constructor)',
    'input.customer.name.at.call(1)',
    '1; 2',
  ];
  it.each(hostile)('[K6] the expression %s is outside the subset', async (expression) => {
    const { document, nodeId } = choice(order(), expression);
    const { diagnostics, manifest } = await compileFlow(document);
    expect(manifest).toBeNull();
    expect(diagnostics.some((each) => each.severity === 'error' && each.nodeId === nodeId)).toBe(true);
  });

  it('[K7] what flows need is inside it', () => {
    const names = new Set(['input', 'charge']);
    for (const expression of [
      'input.amount * 1.2 > 100',
      'charge?.transactionId ?? ""',
      'input.items.filter(i => i.qty > 0).map(i => ({ ...i, total: i.qty * 2 }))',
      '`${input.name}: ${input.amount.toFixed(2)}`',
      '!input.ok || input.items[0] === undefined ? [1, ...input.more] : { a: -1 }',
    ]) {
      expect(expressionProblems(expression, names)).toEqual([]);
    }
  });

  it('[K8] a misspelt field is found by the type checker', async () => {
    const { document } = choice(order(), 'input.amout > 5');
    const { code } = await compileFlow(document);
    expect(typeErrors(code).join()).toMatch(/'amout' does not exist/);
  });
});
