/** The safe subset: it contains what flows need, and nothing by which code could reach the host. */
import { describe, expect, it } from 'vitest';
import { expressionProblems } from './expressions';
import { compileFlow } from './testing/golden-case';

const names = new Set(['input', 'charge', 'packed']);

describe('[EXP1] expressions that flows need are allowed', () => {
  it.each([
    'input.amount * 1.2 > 100',
    'charge?.transactionId ?? ""',
    'input.items.filter(i => i.qty > 0).map(i => ({ ...i, total: i.qty * 2 }))',
    'input.items.reduce((sum, item) => sum + item.qty, 0)',
    'input.rows.map((row, at) => row.cells.filter(cell => cell.n > at)).flat().length',
    '`${input.name}: ${input.amount.toFixed(2)} // no comment, ${"/* nor this */"}`',
    '!input.ok || input.items[0] === undefined ? [1, ...input.more] : { a: -1, "b-c": +2, input }',
    "'https://example.com/*'.startsWith(input.base)",
    'packed',
    "input.no.padStart(8, '0')",
    '  (input.a +\n input.b)  ',
    "input.s.split(',').at(-1)?.trim()",
  ])('%s', (expression) => expect(expressionProblems(expression, names)).toEqual([]));
});

/** By rule: expressions and their error messages. */
const refused: Record<string, [said: RegExp, expressions: string[]]> = {
  '[EXP2] the way from a value to what made it': [
    /is not allowed|cannot be called/,
    [
      'input.constructor',
      "input.constructor('return process')()",
      'input?.constructor',
      'input?.a?.constructor',
      'input.a.b.constructor.constructor',
      '"".constructor',
      '[].constructor',
      '(1).constructor',
      '`${input.constructor}`',
      'input.items.map(x => x.constructor)',
      'input.items.map(x => x?.constructor)',
      'input.constr\\u0075ctor',
      'input.__proto__',
      'input.items.__proto__',
      'input.prototype',
      'input.items.map.call',
      'input.items.map.bind',
      'input.items.filter.apply',
      'input.caller',
      'input.callee',
      'input.__defineGetter__',
      'input.__lookupGetter__',
    ],
  ],
  '[EXP3] names in an object that is made': [
    /is not allowed|Computed/,
    [
      '{ __proto__: input }',
      '{ "__proto__": input }',
      "{ '\\u005f_proto__': input }",
      '{ constructor: input }',
      '{ [input.key]: 1 }',
      '{ ["__proto__"]: input }',
      '{ get a() { return 1 } }',
      '{ set a(x) { } }',
      '{ toString() { return 1 } }',
      '{ async *a() {} }',
    ],
  ],
  '[EXP4] members by a computed name': [
    /Between brackets only a number/,
    [
      "input['constructor']",
      "input?.['constructor']",
      "input['con' + 'structor']",
      'input[`constructor`]',
      'input[input.key]',
      'input.items[input.items.length - 1]',
      'input[["constructor"]]',
      'input[-1]',
    ],
  ],
  '[EXP5] names that are not the flow’s': [
    /cannot be read here/,
    [
      'process',
      'globalThis',
      'window',
      'require',
      'Function',
      'Math.max',
      'JSON',
      'Date',
      'eval',
      'arguments',
      's',
      'saga',
      'undefined_',
    ],
  ],
  '[EXP6] calls of anything but the methods of values': [
    /cannot be called|is not allowed|cannot be read here/,
    [
      'process.exit()',
      "require('fs')",
      "import('fs')",
      'import.meta.url',
      'eval("1")',
      'input()',
      'input.run()',
      'input.items.map()()',
      '(() => 1)()',
      '(x => x)(input)',
      'input.name.at.call(1)',
      'input.items.sort()',
      'input.items.push(1)',
      "'x'.repeat(1e9)",
      'new Date()',
      'new input.x()',
      'input.items.forEach(x => x)',
      'input.name.match(/(a+)+b/)',
    ],
  ],
  '[EXP7] what never ends, waits, or writes': [
    /allowed|change a value|not an expression|one expression|Write one|cannot be called/,
    [
      '(() => { for (;;); })()',
      'while (true) {}',
      'for (;;) {}',
      'input.items.map(() => { for (;;); })',
      'input.items.map(function () { return 1 })',
      'input.items.map(function* () { yield 1 })',
      'input.items.map(async x => x)',
      'await input.x',
      'input.amount = 1',
      'input.amount += 1',
      'packed ||= true',
      'input.amount++',
      '--input.amount',
      'delete input.amount',
      'void 0',
      'typeof input',
      'throw input',
      '() => input',
      'x => x',
      'class {}',
      'function () {}',
    ],
  ],
  '[EXP8] tricks with templates, tags, patterns': [
    /is not allowed|cannot be read here|cannot be called|not an expression/,
    [
      '`${process}`',
      '`${input.constructor.name}`',
      'String.raw`x`',
      'input.tag`x`',
      '`${(() => { throw 1 })()}`',
      '/a/.test(input.name)',
      '/a/',
      '1n',
      'this',
      'this.input',
      'super.x',
      'new.target',
      'input.#secret',
      'input!',
      'input instanceof input',
      '"a" in input',
      'input == 1',
      'input & 1',
      'input ** 2',
      '<any>input',
      'input as any',
      'input satisfies any',
      '<div/>',
    ],
  ],
  '[EXP9] types': [
    /Types are not allowed|Parameters must be plain names/,
    [
      'input.items.map<any>(x => x)',
      'input.items.map((x: any) => x)',
      'input.items.map((x): any => x)',
      'input.items.map(<T,>(x) => x)',
      'input.items.map((x?) => x)',
    ],
  ],
  '[EXP13] texts of any length': [
    /at most 1000 characters/,
    ["'x'.padStart(1e9)", "'x'.padEnd(input.n)", "'x'.padEnd(1001)", "'x'?.padStart(...input.items)"],
  ],
  '[EXP10] parameters that are more than a name, or a name of something else': [
    /Parameters must be plain names|already has a meaning/,
    [
      'input.items.map(({ constructor }) => constructor)',
      'input.items.map(([a]) => a)',
      'input.items.map((x = process) => x)',
      'input.items.map((...x) => x)',
      'input.items.map(input => input)',
      'input.items.map(charge => charge)',
      'input.items.map(arguments => arguments)',
      'input.items.map(eval => eval)',
      'input.items.map(undefined => undefined)',
      'input.items.map(await => await)',
    ],
  ],
  '[EXP11] more or less than one whole expression': [
    /Write one expression|not an expression|Comments|is not allowed/,
    [
      '',
      ' ',
      '1; 2',
      '1, 2',
      'input.n > 1 // big',
      'input.n /* big */ > 1',
      '/* a */ input.n',
      'input.n) + (1',
      'input.n); process.exit(',
      '1)\n(2',
      '}',
      '"',
      '`',
      'input.',
      '{ a: 1',
      'a: 1',
      '<!-- input',
      'if (input) 1',
      '...input',
    ],
  ],
};

describe.each(Object.entries(refused))('%s: refused', (_, [said, expressions]) => {
  it.each(expressions)('%s', (expression) => {
    const problems = expressionProblems(expression, names);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join('\n')).toMatch(said);
  });
});

it('[EXP12] every field that may hold an expression is checked, and an error names the field', async () => {
  const bad = { $expr: 'input.constructor' };
  const undo = { title: 'undo', activity: 'log', input: bad };
  const unknown = { policy: 'check', activity: 'log', input: bad };
  const base = (id: string, kind: string, more: object) => ({ id, kind, title: id, ...more });
  const document = {
    format: 1,
    name: 'test',
    title: 'Test',
    input: { type: 'object' },
    output: { type: 'object' },
    signals: {},
    variables: { v: { schema: {}, initial: bad } },
    queries: { q: { title: 'q', result: { deep: [bad] } } },
    updates: { u: { title: 'u', schema: {}, accept: bad.$expr, set: { v: bad } } },
    steps: [
      base('act', 'action', { activity: 'http.request', effect: 'reversible', input: { body: bad }, undo, unknown }),
      base('which', 'choice', {
        branches: [{ id: 'x', title: 'x', when: bad.$expr, steps: [base('inner', 'set', { values: { v: bad } })] }],
      }),
      base('long', 'wait', { duration: bad }),
      base('until', 'wait', { until: bad.$expr }),
      base('ask', 'approval', {
        question: '?',
        data: { a: bad },
        onReject: [base('no', 'fail', { errorType: 'No', message: bad })],
      }),
      base('handled', 'action', {
        activity: 'log',
        input: {},
        catch: [{ types: [], as: 'problem', then: [base('note', 'action', { activity: 'log', input: bad })] }],
      }),
      base('done', 'end', { output: { a: bad } }),
    ],
  };
  const { diagnostics } = await compileFlow(document);
  const found = diagnostics
    .filter(({ code }) => code === 'expression')
    .map(({ nodeId, path }) => `${nodeId ?? ''}: ${path.join('.')}`);
  expect(found.sort()).toEqual(
    [
      ': variables.v.initial',
      ': queries.q.result.deep.0',
      ': updates.u.accept',
      ': updates.u.set.v',
      'act: input.body',
      'act: undo.input',
      'act: unknown.input',
      'which: branches.0.when',
      'inner: values.v',
      'long: duration',
      'until: until',
      'ask: data.a',
      'no: message',
      'note: input',
      'done: output.a',
    ].sort()
  );
});

it.each([
  ['!', '!'.repeat(5_000) + 'true'],
  ['-', '- '.repeat(5_000) + '1'],
  ['typeof', 'typeof '.repeat(5_000) + '1'],
  ['? :', 'true ? 1 : '.repeat(5_000) + '1'],
  ['**', '2 ** '.repeat(5_000) + '1'],
  ['=>', 'x => '.repeat(5_000) + '1'],
  ['??', '1 ?? '.repeat(5_000) + '1'],
])('[EXP14] thousands of %s are refused by their depth, and nothing overflows', (_, expression) => {
  expect(expressionProblems(expression, new Set())).toEqual(['It has more than 100 levels of nesting.']);
});
