/** The compiler beyond the golden cases: it keeps every part of a drawing, and reports each problem with its node. */
import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../activities/catalogue';
import type { Catalogue } from '../flow/catalogue';
import { outputName, type JsonSchema } from '../flow/document';
import { compile } from './compile';
import { readSagaSources } from './saga-sources';
import { compileFlow } from './testing/golden-case';
import { randomFlow } from './testing/random-flow';
import { TypeChecker } from './type-check';

const types = new TypeChecker();
const step = (id: string, more: object = {}) => ({
  id,
  kind: 'action',
  title: id,
  activity: 'http.request',
  effect: 'none',
  input: {},
  ...more,
});
const reads = (id: string, expression: string) => step(id, { input: { body: { $expr: expression } } });
const fail = (id: string) => ({ id, kind: 'fail', title: id, errorType: 'No', message: 'no' });
const end = (id: string, output?: unknown) => ({
  id,
  kind: 'end',
  title: id,
  ...(output === undefined ? {} : { output }),
});
const object = (properties: object) => ({ type: 'object', properties, required: Object.keys(properties) });
const number = { type: 'number' };
const boolean = { type: 'boolean' };
const phase = { type: 'string', enum: ['new', 'old'] };
const flow = (steps: object[], more: object = {}) => ({
  format: 1,
  name: 'test',
  title: 'Test',
  input: object({ n: number, ok: boolean }),
  steps,
  ...more,
});
const choice = (id: string, branches: Record<string, [when: string, steps: object[]]>, more: object = {}) => ({
  id,
  kind: 'choice',
  title: id,
  branches: Object.entries(branches).map(([branch, [when, steps]]) => ({ id: branch, title: branch, when, steps })),
  ...more,
});
const parallel = (id: string, branches: Record<string, object[]>, more: object = {}) => ({
  id,
  kind: 'parallel',
  title: id,
  branches: Object.entries(branches).map(([branch, steps]) => ({ id: branch, title: branch, steps })),
  ...more,
});

/** The code. Its types are checked, and a type error is thrown. */
async function code(document: object): Promise<string> {
  const compiled = await compileFlow(document);
  const wrong = compiled.manifest ? types.check(compiled.files, compiled.manifest.nodes) : compiled.diagnostics;
  if (wrong.length > 0) throw new Error(wrong.map(({ nodeId, message }) => `${nodeId}: ${message}`).join('\n'));
  return compiled.code;
}
/** `code@node` of each error. */
async function refusal(document: object): Promise<string[]> {
  const { diagnostics, manifest, code: text } = await compileFlow(document);
  expect(manifest).toBeNull();
  expect(text).toBe('');
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map((each) => `${each.code}@${each.nodeId ?? 'flow'}`);
}
/** How often a text occurs in the code. */
const count = (text: string, part: string) => text.split(part).length - 1;

describe('compiled code keeps every part of the drawing', () => {
  const caught = { catch: [{ types: [], scope: 'keep', then: [] }] };

  it('[K1] the steps of a rejection and of a timeout are kept if the node catches and is read', async () => {
    const approval = {
      id: 'ask',
      kind: 'approval',
      title: 'ask',
      question: '?',
      data: {},
      onReject: [fail('rejected')],
    };
    const text = await code(flow([{ ...approval, ...caught }, reads('then', 'ask?.decidedBy')]));
    expect(text).toMatch(/if \(ask\.decision === 'reject'\) \{\s*return s\.fail\('rejected'/);

    const signals = { paid: { title: 'Paid', schema: object({ amount: number }) } };
    const wait = {
      id: 'pay',
      kind: 'waitForSignal',
      title: 'pay',
      signal: 'paid',
      timeout: '1h',
      onTimeout: [fail('late')],
    };
    for (const readers of [[reads('then', 'pay?.amount')], []])
      expect(await code(flow([{ ...wait, ...caught }, ...readers], { signals }))).toMatch(/if \(pay === null\) \{/);
  });

  it('[K2] an output that only a condition or an instant reads is kept', async () => {
    const text = await code(
      flow([step('a', { output: object({ at: { type: 'string' } }) }), choice('which', { x: ["a.at === ''", []] })])
    );
    expect(text).toContain('const a = await');
    const until = { id: 'w', kind: 'wait', title: 'w', until: 'a.at' };
    expect(await code(flow([step('a', { output: object({ at: { type: 'string' } }) }), until]))).toContain(
      'const a = await'
    );
  });

  it('[K3] a result of a branch can be read after it, caught or not, at any depth', async () => {
    const output = { output: object({ n: number }) };
    const deep = parallel('inner', {
      c: [step('a', { ...output, catch: [{ types: [], scope: 'keep', then: [fail('gone')] }] })],
      d: [],
    });
    const text = await code(
      flow([
        parallel('outer', { x: [deep], y: [step('b', { ...output, ...caught })] }),
        reads('sum', 'a.n + (b?.n ?? 0)'),
      ])
    );
    expect(count(text, 'let a!: AResult;')).toBe(1);
    expect(count(text, 'let b!: BResult | undefined;')).toBe(1);
    expect(text.indexOf('let a!')).toBeLessThan(text.indexOf('s.parallel'));
  });

  it('[K4] an output that nobody reads outside of its function stays inside it', async () => {
    const text = await code(
      flow([parallel('both', { x: [step('a', { output: object({ n: number }) }), reads('b', 'a.n')], y: [] })])
    );
    expect(text).toContain('const a = await');
    expect(text).not.toContain('let ');
  });

  it('[K5] a caught choice whose branches all end the flow has no path after it', async () => {
    const ends = choice(
      'which',
      { x: ['input.ok', [end('one', { n: 1 })]] },
      { otherwise: { title: 'else', steps: [fail('two')] } }
    );
    const handled = { ...ends, catch: [{ types: [], scope: 'keep', then: [end('three', { n: 3 })] }] };
    expect(await code(flow([handled], { output: object({ n: number }) }))).toContain('return await s.attempt(');
  });
});

describe('the point of no return', () => {
  const pivot = step('pivot', { pivot: true });
  it('[K6] in one branch does not affect the branches beside it', async () => {
    const document = flow([
      choice('which', { x: ['input.ok', [pivot, step('behind')]], y: ['true', [step('beside')]] }),
      step('after'),
    ]);
    const { manifest } = await compileFlow(document);
    const places = Object.values(manifest!.nodes).map(({ id, afterPivot }) => [id, afterPivot]);
    expect(Object.fromEntries(places)).toEqual({
      which: false,
      pivot: false,
      behind: true,
      beside: false,
      after: false,
    });
    const text = await code(document);
    const optionsOf = (id: string) =>
      /options: (?:\w+|\{[^;]*?\},\n +\})/.exec(text.slice(text.indexOf(`id: '${id}'`)))![0];
    expect(optionsOf('behind')).not.toContain('maximumAttempts');
    expect(optionsOf('beside')).toBe('options: HTTP_REQUEST_OPTIONS');
    expect(optionsOf('after')).toContain('maximumAttempts: s.pivoted ? Infinity : 5');
  });

  it('[K7] does not lift a limit that a later step sets itself', async () => {
    const own = step('own', { options: { retry: { maximumAttempts: 3 } } });
    expect(await code(flow([pivot, own]))).toContain('maximumAttempts: 3');
  });
});

describe('types', () => {
  it('[K8] a variable has its declared type wherever it is read, not the type of its last value', async () => {
    const variables = { packed: { schema: boolean, initial: false }, phase: { schema: phase, initial: 'new' } };
    const updates = { wrap: { title: 'Wrap', schema: {}, set: { packed: true, phase: 'old' } } };
    const set = {
      id: 'set-it',
      kind: 'set',
      title: 'set',
      values: { packed: true, phase: { $expr: "input.ok ? 'new' : 'new'" } },
    };
    const compare = choice('which', { x: ["packed === true && phase === 'old'", []], y: ['packed === false', []] });
    await code(flow([compare], { variables }));
    await code(flow([set, { ...compare, id: 'later' }], { variables, updates }));
    const wrong = { ...set, values: { phase: { $expr: 'input.n' } } };
    await expect(code(flow([wrong], { variables, updates }))).rejects.toThrow(/set-it: .*'number'/);
    const never = { phase: { schema: phase, initial: 'middle' } };
    await expect(code(flow([], { variables: never }))).rejects.toThrow(/"middle"/);
  });

  it('[K9] a signal without a timeout always has a value', async () => {
    const signals = { paid: { title: 'Paid', schema: object({ amount: number }) } };
    const wait = { id: 'pay', kind: 'waitForSignal', title: 'pay', signal: 'paid' };
    await code(flow([wait, reads('then', 'pay.amount')], { signals }));
    await code(flow([{ ...wait, timeout: '1h' }, reads('then', 'pay.amount')], { signals }));
    const open = flow([{ ...wait, timeout: '1h', onTimeout: [] }, reads('then', 'pay.amount')], { signals });
    await expect(code(open)).rejects.toThrow(/then: 'pay' may be missing/);
  });

  it('[K10] an output exists after handlers that all end; after one that continues it may be missing', async () => {
    const a = (then: object[]) =>
      step('a', { output: object({ n: number }), catch: [{ types: [], scope: 'undo', then }] });
    await code(flow([a([fail('no')]), reads('b', 'a.n')]));
    await expect(code(flow([a([]), reads('b', 'a.n')]))).rejects.toThrow(/b: 'a' may be missing/);
  });

  it('[K11] any expression can be the output of an end', async () => {
    const output = object({ n: number });
    const text = await code(flow([end('done', { $expr: 'input.ok ? { n: 1 } : { n: input.n }' })], { output }));
    expect(text).toContain("s.end('done', input.ok ? { n: 1 } : { n: input.n })");
    await expect(code(flow([end('done', { n: 'x' })], { output }))).rejects.toThrow(
      /done: This is a text, and a number is needed/
    );
  });

  it('[K12] a misspelt field is reported, and so is a global that only browsers have', async () => {
    await expect(code(flow([choice('which', { x: ['input.m > 5', []] })]))).rejects.toThrow(
      /which: There is no field 'm' here/
    );
    expect(types.check({ 'x.ts': 'export const x = status;' }, {})[0]!.message).toMatch(/There is no 'status' here/);
    expect(types.check({ 'x.ts': 'export const x = process;' }, {})[0]!.message).toMatch(/There is no 'process' here/);
  });
});

describe('inputs of activities', () => {
  it('[K23] an input with a wrong type is reported, in a step, its undo and its look-up', async () => {
    const http = (more: object) => step('a', { effect: 'reversible', ...more });
    const undo = (input: unknown) => ({ title: 'undo', activity: 'http.request', input });
    await expect(code(flow([http({ input: { pth: '/x' } })]))).rejects.toThrow(/a: .*'pth'/);
    await expect(code(flow([http({ input: { connection: { $expr: 'input.n' } } })]))).rejects.toThrow(
      /a: This is a number, and a text is needed/
    );
    await expect(code(flow([http({ undo: undo({ method: 'FETCH' }) })]))).rejects.toThrow(/a: .*"FETCH"/);
    const unknown = { policy: 'check', activity: 'http.request', input: { answer: 'maybe' } };
    await expect(code(flow([http({ unknown })]))).rejects.toThrow(/a: .*"maybe"/);
    await expect(code(flow([step('a', { activity: 'log', input: {} })]))).rejects.toThrow(
      /a: 'Write to the log' needs 'message'/
    );
    await code(flow([step('a', { activity: 'log', input: { message: 'x' } })]));
  });

  it('[K24] a type of the catalogue gets another name if the flow has a type of that name', async () => {
    const { files } = await compileFlow(flow([step('a')], { name: 'http-request' }));
    expect(files['workflow.ts']).toContain(
      "import type { HttpRequestInput as HttpRequestInput2 } from './activities';"
    );
    await code(flow([step('a')], { name: 'http-request' }));
    expect((await compileFlow(flow([]))).files).not.toHaveProperty(['activities.ts']);
  });
});

describe('names', () => {
  it('[K13] a name that the compiled code defines cannot be the name of a variable or an output', async () => {
    for (const id of ['s', 'saga', 'input', 'output', 'argument'])
      expect(await refusal(flow([step(id)]))).toEqual([`reserved-name@${id}`]);
    for (const id of ['date', 'infinity', 'outputs', 'test-input'])
      await code(flow([step(id), reads('then', outputName(id))]));
    for (const name of ['s', 'saga', 'output', 'Infinity'])
      expect(await refusal(flow([], { variables: { [name]: { schema: number, initial: 1 } } }))).toEqual([
        'reserved-name@flow',
      ]);
  });

  it('[K14] names of types and constants avoid the names of the drawing', async () => {
    const given = { output: object({ n: number }) };
    const approval = { id: 'ask', kind: 'approval', title: 'ask', question: '?', data: {} };
    const variables = {
      HTTP_REQUEST_OPTIONS: { schema: number, initial: 1 },
      phase: { schema: phase, initial: 'new' },
      Phase: { schema: phase, initial: 'old' },
    };
    const set = {
      id: 'set-it',
      kind: 'set',
      title: 'set',
      values: { HTTP_REQUEST_OPTIONS: 2, phase: 'old', Phase: 'new' },
    };
    const both = parallel('both', { x: [step('approval', given)], y: [approval] });
    const text = await code(
      flow([both, step('again'), set, reads('then', '[approval.n, ask.comment, phase, Phase]')], { variables })
    );
    expect(text).toContain('interface ApprovalResult2');
    expect(text).toContain('options: HTTP_REQUEST_OPTIONS2');
    expect(text).toContain('type PhaseValue2 =');
  });

  it('[K15] only its handler can read a caught failure', async () => {
    const handler = (as: string, expression: string) => ({
      types: [],
      scope: 'undo',
      as,
      then: [reads('note', expression)],
    });
    await code(flow([step('a', { catch: [handler('status', 'status.type')] })]));
    const outside = flow([step('a', { catch: [handler('status', 'status.type')] }), reads('b', 'status')]);
    expect(await refusal(outside)).toEqual(['expression@b']);
  });
});

describe('text that people wrote', () => {
  it('[K16] a title becomes a comment, whatever it contains', async () => {
    const hostile = [
      '*/ process.exit() /*',
      'a\nprocess.exit()',
      'a\u2028process.exit()',
      '@ts-ignore',
      'eslint-disable-next-line',
      'prettier-ignore',
    ];
    const steps = hostile.map((title, index) => ({ ...step(`s${index}`), title, note: title }));
    const text = await code(
      flow(steps, { title: hostile[0], description: hostile[1], queries: { q: { title: hostile[1], result: 1 } } })
    );
    const outside = text
      .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/\/\/[^\n]*/g, '');
    expect(outside).not.toContain('process');
    expect(text).not.toMatch(/\/\/ (@ts-|eslint-|prettier-)/);
    const misspelt = { ...reads('typo', 'input.nope'), title: '@ts-ignore', note: '@ts-nocheck' };
    await expect(code(flow([misspelt]))).rejects.toThrow(/There is no field 'nope'/);
  });

  it('[K17] data remains data: a schema that looks like an expression, a field called __proto__', async () => {
    const schema = { type: 'object', properties: { n: { type: 'number', default: { $expr: 'process.exit()' } } } };
    const approval = { id: 'ask', kind: 'approval', title: 'ask', question: '?', data: {}, schema };
    expect(await code(flow([approval]))).toContain("default: { $expr: 'process.exit()' }");
    const body = JSON.parse('{ "__proto__": { "a": 1 }, "b-c": 2 }') as object;
    expect(await refusal(flow([step('a', { input: { body } })]))).toEqual(['malformed@a']);
  });

  it('[K18] a text of several lines may look like the marks of the compiler', async () => {
    const marks = '`one\n//@begin b\n//@0123456789abcdef end a\ntwo`';
    const { manifest, code: text } = await compileFlow(flow([reads('a', marks), step('b')]));
    expect(text).toContain('//@begin b\n//@0123456789abcdef end a\ntwo');
    const [first, last] = manifest!.nodes.b!.lines;
    expect(
      text
        .split('\n')
        .slice(first - 1, last)
        .join('\n')
    ).toContain("id: 'b'");
  });
});

describe('the compiler refuses', () => {
  it('[K19] a comment or a second expression in a field: the text of a field is one expression', async () => {
    for (const when of ['input.n > 1 // big', 'input.n /* big */ > 1', 'input.n > 1) + (1', 'input.n, 1'])
      expect(await refusal(flow([choice('which', { x: [when, []] })])), when).toEqual(['expression@which']);
  });

  it('[K27] an unknown name, and proposes only what has run before', async () => {
    const { diagnostics } = await compileFlow(flow([step('a'), reads('b', 'amont'), step('c')]));
    const [problem] = diagnostics.filter(({ code: found }) => found === 'expression');
    expect(problem).toMatchObject({ nodeId: 'b' });
    expect(problem?.message).toMatch(/Names that can: input, a(, b)?\.$/);
    expect(problem?.message).not.toMatch(/\bc\b/);
  });

  it('[K20] an end whose output was not declared or has another type', async () => {
    expect(await refusal(flow([end('done', { n: 1 })]))).toEqual(['output-not-declared@done']);
    expect(await refusal(flow([end('done')], { output: object({ n: number }) }))).toEqual(['output-missing@done']);
  });

  it('[K21] a first pause between attempts that is longer than the longest one', async () => {
    const retry = { initialInterval: '5m' };
    expect(await refusal(flow([step('a', { options: { retry } })]))).toEqual(['retry-intervals@a']);
    await code(flow([step('a', { options: { retry: { ...retry, maximumInterval: '5m' } } })]));
  });
});

describe('fields with names that every object has', () => {
  it.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', 'toLocaleString'])(
    "[K28] '%s' may be left out where it is optional, and has its type where it is needed",
    async (name) => {
      const field = { type: 'string' } as const;
      const optional = { type: 'object' as const, properties: { [name]: field, id: field } };
      const needed = { ...optional, required: [name] };
      const activity = (input: JsonSchema) => ({ ...catalogue.log!, effect: 'none' as const, name: 'shop.a', input });
      const document = (input: object) =>
        flow([{ id: 'a', kind: 'action', title: 'A', activity: 'shop.a', input }, end('end', { id: 'x' })], {
          output: optional,
          signals: { told: { title: 'Told', schema: optional } },
          variables: { kept: { schema: optional, initial: { id: 'x' } } },
        });
      const wrong = async (schema: JsonSchema, input: object) => {
        const known: Catalogue = { ...catalogue, 'shop.a': activity(schema) };
        const compiled = await compile(document(input), { version: 1, catalogue: known, saga: readSagaSources() });
        return types.check(compiled.files, compiled.manifest?.nodes ?? {}).map(({ message }) => message);
      };
      expect(await wrong(optional, { id: 'x' })).toEqual([]);
      expect(await wrong(needed, { [name]: 'x' })).toEqual([]);
      expect(await wrong(needed, { [name]: 7 })).not.toEqual([]);
    }
  );
});

describe('large documents', () => {
  it('[K26] a document with the greatest allowed depth compiles', async () => {
    const body = JSON.parse('['.repeat(190) + '1' + ']'.repeat(190)) as unknown;
    expect(await code(flow([step('a', { input: { body } })]))).toContain('body: [');
    const nested = (depth: number): object[] =>
      depth === 0 ? [step('innermost')] : [choice(`c-${depth}`, { [`b-${depth}`]: ['input.ok', nested(depth - 1)] })];
    expect(await code(flow(nested(45)))).toContain("id: 'innermost'");
  });
});

describe('the published sha', () => {
  it('[K22] covers the declarations of all activities that the flow can call', async () => {
    const undo = { title: 'undo', activity: 'take-back', input: { message: 'x' } };
    const unknown = { policy: 'check', activity: 'look-up', input: { message: 'x' } };
    const activity = { ...catalogue.log!, effect: 'none' as const };
    const document = flow([step('a', { effect: 'reversible', undo, unknown })]);
    const shaWith = async (changed: string) => {
      const known: Catalogue = {
        ...catalogue,
        ...Object.fromEntries(
          ['take-back', 'look-up', 'other'].map((name) => [
            name,
            { ...activity, name, description: name === changed ? 'changed' : 'as it was' },
          ])
        ),
      };
      return (await compile(document, { version: 1, catalogue: known, saga: readSagaSources() })).manifest!.sha;
    };
    expect(await shaWith('other')).toBe(await shaWith('none'));
    expect(await shaWith('take-back')).not.toBe(await shaWith('none'));
    expect(await shaWith('look-up')).not.toBe(await shaWith('none'));
  });
});

describe('random flows', () => {
  it('[K25] every valid flow compiles, to the same code twice, and the code has no type error', async () => {
    const flows = fc.array(randomFlow, { minLength: 12, maxLength: 12, size: 'max' });
    await fc.assert(
      fc.asyncProperty(flows, async (documents) => {
        const compiled = await Promise.all(documents.map((each) => compileFlow(each)));
        expect(
          compiled.flatMap(({ diagnostics }) => diagnostics.filter(({ severity }) => severity === 'error'))
        ).toEqual([]);
        expect(await compileFlow(documents[0])).toEqual(compiled[0]);
        const wrong = types.checkAll(
          compiled.map(({ files }) => files),
          { noUnusedLocals: true }
        );
        const messages = wrong.flat().map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
        // A variable that the flow declares and never reads is allowed.
        expect(messages.filter((message) => !/^'(count|phase|flag)' is declared/.test(message))).toEqual([]);
      }),
      { numRuns: 1, endOnFailure: true }
    );
  }, 120_000);
});
