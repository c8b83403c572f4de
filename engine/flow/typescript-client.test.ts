import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { parseFlow } from './testing/flow';
import { typescriptClient } from './typescript-client';

const LIBRARY =
  'interface Response { ok: boolean; status: number; json(): Promise<unknown> }\ndeclare function fetch(url: URL, init: object): Promise<Response>;\ndeclare class URL { constructor(path: string, base: string) }';

/** The compiler's own declarations, parsed once. */
const LIBRARIES = new Map<string, ts.SourceFile | undefined>();

/** The messages of the compiler about the client with `usage` after it. */
function problemsOf(client: string, usage = ''): string[] {
  const files: Record<string, string> = { '/client.ts': `${client}\n${usage}`, '/library.d.ts': LIBRARY };
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: false,
    // Node runs a file whose types can be taken away.
    erasableSyntaxOnly: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    lib: ['lib.es2022.d.ts'],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...more) => {
    if (files[name] !== undefined) return ts.createSourceFile(name, files[name], ts.ScriptTarget.ES2022);
    const parsed = LIBRARIES.get(name) ?? getSourceFile.call(host, name, ...more);
    LIBRARIES.set(name, parsed);
    return parsed;
  };
  host.fileExists = (name) => files[name] !== undefined || fileExists.call(host, name);
  const program = ts.createProgram(Object.keys(files), options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

const object = (properties: object, required: string[] = []) => ({ type: 'object', properties, required });
const flow = (more: object = {}) =>
  parseFlow({
    format: 2,
    name: 'parcel',
    title: 'Parcel',
    input: object({ weight: { type: 'number' }, size: { type: 'string', enum: ['s', 'l'] } }, ['weight']),
    output: object({ track: { type: 'string' } }, ['track']),
    signals: { handedOver: { title: 'Handed over', schema: object({ to: { type: 'string' } }, ['to']) } },
    queries: { place: { title: 'Where', result: 'here', schema: { type: 'string' } } },
    steps: [],
    ...more,
  });

describe('the client of a flow', () => {
  test('[TCL3] decides an approval with one of its decisions, and the values of its form', () => {
    const form = object({ amount: { type: 'number' } }, ['amount']);
    const ask = {
      id: 'ask-boss',
      kind: 'approval',
      title: 'Ask */ the boss',
      question: 'Pay?',
      data: {},
      decisions: [
        { key: 'approve', title: 'Approve' },
        { key: 'payLess', title: 'Less', requireComment: true, form },
      ],
    };
    const client = typescriptClient(flow({ steps: [ask] }), 1);
    const uses = (decision: string) =>
      problemsOf(
        client,
        `export async function use(run: ParcelRun) { const task = await run.approvals.askBoss.task(); if (task) await run.approvals.askBoss.decide(task, ${decision}, { idempotencyKey: 'once' }); }`
      );
    expect(uses("{ decision: 'approve' }")).toEqual([]);
    expect(uses("{ decision: 'payLess', comment: 'so', values: { amount: 3 } }")).toEqual([]);
    expect(uses("{ decision: 'payLess', comment: 'so', values: { amount: '3' } }")).not.toEqual([]);
    expect(uses("{ decision: 'payLess', values: { amount: 3 } }")).not.toEqual([]);
    expect(uses("{ decision: 'reject' }")).not.toEqual([]);
    expect(typescriptClient(flow(), 1)).not.toContain('approvals');
  });

  test('[TCL1] has the types of its schemas', () => {
    const client = typescriptClient(flow(), 3);
    const uses = (code: string) =>
      problemsOf(client, `export async function use(flow: ParcelFlow, run: ParcelRun) { ${code} }`);
    expect(
      uses('const { track } = await (await flow.start({ weight: 1, size: "s" })).result(); track.trim();')
    ).toEqual([]);
    expect(uses('await run.signals.handedOver({ to: "Ada" }); (await run.queries.place()).trim();')).toEqual([]);
    for (const wrong of [
      'await flow.start({});',
      'await flow.start({ weight: "1" });',
      'await flow.start({ weight: 1, size: "m" });',
      'await flow.start({ weight: 1, colour: "red" });',
      'await run.signals.handedOver({});',
      'await run.signals.nothing({});',
      '(await run.result()).nothing;',
    ])
      expect([wrong, uses(wrong)]).toEqual([wrong, [expect.any(String)]]);
  });

  test('[TCL2] no text of a person becomes code', () => {
    const evil = "*/ throw 1; /* ${1} ` \\u002a/ \u2028 \u202e '";
    const client = typescriptClient(
      flow({
        title: evil,
        input: object({ [evil]: { type: 'string', title: evil, enum: [evil, '`'] }, constructor: { type: 'number' } }),
        signals: { constructor: { title: evil, schema: object({ [evil]: { type: 'string' } }) } },
        queries: { delete: { title: evil, result: 'x' } },
      }),
      1
    );
    expect(problemsOf(client)).toEqual([]);
    expect(client).not.toMatch(/[\u2028\u202e]/);
    expect(client.split('\n').filter((line) => line.includes('throw 1'))).toSatisfy((lines: string[]) =>
      lines.every((line) => /^\s*(\/?\*|'|\S*'.*':|export type|.*\|)/.test(line) || line.includes("'"))
    );
  });

  test.each(['run', 'error', 'connection', 'once', 'refused', 'run-ended', 'promise', 'send'])(
    '[TCL2] a flow with the name %s is called by it',
    (name) => expect(problemsOf(typescriptClient(flow({ name }), 1))).toEqual([])
  );
});
