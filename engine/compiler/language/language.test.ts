import { createRequire } from 'node:module';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { expressionProblems } from '../expressions';
import { ExpressionLanguage, type LanguageScope } from './language';
import type { KnownCondition } from '../../flow/known-conditions';
import { LIBRARY } from './library';

const scope: LanguageScope = {
  names: [
    {
      name: 'input',
      type: '{ amount: number; note?: string; items: { sku: string; qty: number; }[]; }',
      title: 'Input of the flow',
    },
    { name: 'charge', type: '{ id: string; } | undefined', title: 'Charge the payment' },
  ],
  expected: null,
};
function open(code: string, more: Partial<LanguageScope> = {}): ExpressionLanguage {
  const language = new ExpressionLanguage();
  language.set('field', code, { ...scope, ...more });
  return language;
}
const problems = (code: string, expected: string | null = null) => open(code, { expected }).problems('field');
/** The text with its problem in brackets. */
const marked = (code: string, expected: string | null = null) =>
  problems(code, expected).map(({ from, to }) => `${code.slice(0, from)}[${code.slice(from, to)}]${code.slice(to)}`);
const offered = (code: string) =>
  open(code)
    .completions('field', code.length)
    ?.entries.map(({ name }) => name);

describe('problems', () => {
  it.each([
    'input.amount * 2',
    "input.items.filter((item) => item.qty > 1).map((item) => item.sku).join(', ')",
    'charge?.id ?? `none`',
    '{ ...input, list: [...input.items] }',
    'input.items.reduce((sum, { }) => sum, 0)'.replace('{ }', 'item'),
  ])('[LSV1] %s has none', (code) => {
    expect(problems(code)).toEqual([]);
  });
  it.each([
    ['input.amont', 'input.[amont]'],
    ['charge.id', '[charge].id'],
    ['input.amount.trim()', 'input.amount.[trim]()'],
    ['input.items.map((item) => item.price)', 'input.items.map((item) => item.[price])'],
  ])('[LSV1] in %s the types mark %s', (code, expected) => {
    expect(marked(code)).toEqual([expected]);
  });
  it.each([
    ['nothing + 1', '[nothing] + 1'],
    ['input.constructor', 'input.[constructor]'],
    ['input.amount == 1', 'input.amount [==] 1'],
    ['eval(1)', '[eval](1)'],
  ])('[LSV1] in %s what is not allowed marks %s', (code, expected) => {
    expect(marked(code)).toEqual([expected]);
  });
  it('[LSV1] a value of another type than the field needs is marked as a whole', () => {
    expect(problems('input.note', 'number').map(({ message }) => message)).toEqual([
      'This is a text or nothing, and a number is needed here.',
    ]);
    expect(marked('input.note', 'number')).toEqual(['[input.note]']);
    expect(problems('input.amount', 'number')).toEqual([]);
  });
  it('[LSV4] what is known of a value narrows its type', () => {
    const narrowed = (code: string, ...known: KnownCondition[]) => open(code, { known }).problems('field');
    expect(narrowed('charge.id')).toHaveLength(1);
    expect(narrowed('charge.id', { expression: 'charge !== undefined', holds: true })).toEqual([]);
    expect(narrowed('charge.id', { expression: 'charge === undefined', holds: false })).toEqual([]);
    expect(narrowed('charge.id', { expression: 'charge === undefined', holds: true })).toHaveLength(1);
    expect(narrowed('input.note.trim()', { expression: 'input.note && input.amount > 1', holds: true })).toEqual([]);
    // It cannot be used to write code.
    expect(narrowed('charge.id', { expression: 'charge)) { } if ((charge', holds: true })).toHaveLength(1);
    expect(narrowed('charge.id', { expression: 'globalThis', holds: true })).toHaveLength(1);
  });
  it('[LSV1] an unfinished text is a problem, an empty one is none', () => {
    expect(problems('input.amount +')).toHaveLength(1);
    expect(problems('')).toEqual([]);
  });
  it('[LSV1] a text cannot leave its expression', () => {
    for (const code of ['1); declare const x: 1; (x', '1 /*', '`${', '// '])
      expect(problems(code).length).toBeGreaterThan(0);
  });
});

describe('completion and types', () => {
  it('[LSV2] after a dot are the fields and allowed methods of the value', () => {
    expect(offered('input.')?.sort()).toEqual(['amount', 'items', 'note']);
    expect(offered('input.note?.toL')).toContain('toLowerCase');
    expect(offered('input.items.')).toContain('filter');
    for (const name of ['push', 'sort', 'constructor', 'forEach']) expect(offered('input.items.')).not.toContain(name);
  });
  it('[LSV2] elsewhere are the names in scope and nothing of the language', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['input', 'charge', 'true']));
    expect(offered('')?.length).toBeLessThan(8);
    expect(offered('input.items.map((item) => it')).toContain('item');
  });
  it('[LSV2] a completion replaces the word that was begun, and has its type', () => {
    const code = '1 + input.am';
    const { from, entries } = open(code).completions('field', code.length)!;
    expect(from).toBe(10);
    expect(entries.find(({ name }) => name === 'amount')).toMatchObject({ kind: 'field', type: 'number' });
  });
  it('[LSV3] inside the brackets of a method its parameters are shown, the one at the caret by itself', () => {
    const signature = (code: string) => open(code).signature('field', code.length);
    expect(signature('input.note.padStart(5, ')).toEqual({
      from: 20,
      parts: ['padStart(length, ', 'characters?', ')'],
      gives: 'The text, made as long as this with characters before it.',
    });
    expect(signature('input.items.join(')?.parts).toEqual(['join(', 'separator?', ')']);
    expect(signature('input.amount + ')).toBeNull();
    expect(open('').signature('field', 0)).toBeNull();
  });
  it('[LSV2] a method is shown with what it takes and gives', () => {
    const entries = open('input.items.').completions('field', 12)?.entries;
    expect(entries?.find(({ name }) => name === 'join')).toMatchObject({
      kind: 'method',
      type: '(separator?: string): string',
    });
  });
  it('[LSV1] a type with many fields is not part of a sentence', () => {
    const fields = Array.from({ length: 20 }, (_, index) => `field${index}: 'a' | 'b'`).join('; ');
    const language = new ExpressionLanguage();
    language.set('x', 'input.nothing', {
      names: [{ name: 'input', type: `{ ${fields} }`, title: '' }],
      expected: null,
    });
    expect(language.problems('x').map(({ message }) => message)).toEqual(["There is no field 'nothing' here."]);
  });
  it('[LSV2] a name under the pointer has its type and its title', () => {
    expect(open('charge?.id').hover('field', 2)).toMatchObject({ from: 0, to: 6, title: 'Charge the payment' });
    expect(open('charge?.id').hover('field', 9)).toMatchObject({ from: 8, to: 10, type: 'string | undefined' });
  });
  it('[LSV1] a hundred expressions over a hundred names are checked', () => {
    const language = new ExpressionLanguage();
    const names = Array.from({ length: 100 }, (_, index) => ({
      name: `step${index}`,
      type: '{ id: string; n: number }',
      title: '',
    }));
    for (let index = 0; index < 100; index++)
      language.set(`f${index}`, `step${index}.n + step0.n`, { names, expected: 'number' });
    for (let index = 0; index < 100; index++) expect(language.problems(`f${index}`)).toEqual([]);
  });
});

describe('the library', () => {
  it('[LSV2] has exactly the methods that expressions may call', () => {
    const names = [...LIBRARY.matchAll(/^ {2}([A-Za-z]+)[(<]/gm)].map(([, name]) => name!);
    const methods = [...new Set(names)];
    for (const name of methods)
      expect(expressionProblems(`a.${name}(${name.startsWith('pad') ? '1' : ''})`, new Set(['a']))).toEqual([]);
    const real = ['forEach', 'push', 'sort', 'splice', 'repeat', 'match', 'charAt', 'reverse'];
    for (const name of real) expect(methods).not.toContain(name);
  });
  it("[LSV1] has the signatures of TypeScript's own", () => {
    const ours = signatures({ '/ours.d.ts': LIBRARY });
    const folder = path.dirname(createRequire(import.meta.url).resolve('typescript'));
    const theirs = signatures({}, folder);
    expect(Object.keys(ours).length).toBeGreaterThan(30);
    // Signatures for objects with symbols cannot be called by an expression.
    for (const [method, texts] of Object.entries(ours))
      expect([method, theirs[method]?.filter((text) => !text.includes('[Symbol.'))]).toEqual([method, texts]);
  });
});

/** `Array.map` → its signatures. */
function signatures(files: Record<string, string>, folder?: string): Record<string, string[]> {
  const options: ts.CompilerOptions = folder
    ? { lib: ['lib.es2023.d.ts'], types: [], strict: true }
    : { noLib: true, strict: true };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    getSourceFile: (name, version) =>
      files[name] === undefined && name !== '/use.ts'
        ? disk.getSourceFile(name, version)
        : ts.createSourceFile(name, files[name] ?? 'export {}', version),
  };
  const program = ts.createProgram(
    [...Object.keys(files), '/use.ts'],
    { ...options, target: ts.ScriptTarget.ES2023 },
    host
  );
  const checker = program.getTypeChecker();
  const at = program.getSourceFile('/use.ts')!;
  const found: Record<string, string[]> = {};
  for (const owner of ['Array', 'String', 'Number']) {
    const symbol = checker.resolveName(owner, at, ts.SymbolFlags.Interface, false)!;
    for (const member of checker.getDeclaredTypeOfSymbol(symbol).getProperties()) {
      const calls = checker.getTypeOfSymbol(member).getCallSignatures();
      // The iterator has a name that is different in every program.
      if (calls.length > 0 && !member.name.startsWith('__@'))
        found[`${owner}.${member.name}`] = calls.map((each) => checker.signatureToString(each));
    }
  }
  return found;
}
