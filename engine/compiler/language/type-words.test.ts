import ts from 'typescript';
import { expect, it } from 'vitest';
import { METHODS, problemsIn } from '../expressions';
import { METHOD_WORDS } from './method-words';
import { typeWords } from './type-words';

/** What is said about code that TypeScript does not accept. */
function said(code: string): string[] {
  const source = `declare const input: { room?: string; nights: number; kind: 'sea' | 'garden'; tags: string[]; to: { city: string } | null; beds?: number; far: { a: { b: number } }; rows?: { id: string }[]; any: unknown }; declare function call(a: number, b: number, c?: number): void;\n${code}`;
  const host = ts.createCompilerHost({});
  const lib = ts.createSourceFile(
    'lib.d.ts',
    'interface Array<T> { length: number; [n: number]: T } interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {} interface NewableFunction {} interface Number {} interface Object {} interface RegExp {} interface String { trim(): string }',
    ts.ScriptTarget.ES2023
  );
  const program = ts.createProgram(
    ['/x.ts'],
    { strict: true, noEmit: true, types: [], lib: [], noLib: true },
    {
      ...host,
      getSourceFile: (name) =>
        name === '/x.ts'
          ? ts.createSourceFile(name, `/// <reference path="/lib.d.ts" />\n${source}`, ts.ScriptTarget.ES2023)
          : name === '/lib.d.ts'
            ? lib
            : undefined,
      fileExists: (name) => name === '/x.ts' || name === '/lib.d.ts',
      readFile: () => undefined,
    }
  );
  return program.getSemanticDiagnostics(program.getSourceFile('/x.ts')).map(typeWords);
}

it.each([
  ['const x: string = input.nights', 'This is a number, and a text is needed here.'],
  ['const x: number = input.room', 'This is a text or nothing, and a number is needed here.'],
  ['declare const f: () => number; const x: () => boolean = f', 'This is a number, and a yes or no is needed here.'],
  ['const x: boolean = input.kind', 'This is a text, and a yes or no is needed here.'],
  ["const x: 'sea' | 'garden' = input.kind as string", 'This is a text, and one of "sea", "garden" is needed here.'],
  ['const x: string = input.tags', 'This is a list of texts, and a text is needed here.'],
  [
    'const x: string = input.room',
    "It may be missing, and a value is needed here. Give one for that case, with '??', or make it required where it is declared.",
  ],
  ['const x = input.room.trim()', "'input.room' may be missing. Read its fields with '?.': input.room?.…"],
  ['const x = input.to.city', "'input.to' may be missing. Read its fields with '?.': input.to?.…"],
  ['const x = input.beds * 2', "'input.beds' may be missing. Give a value for that case with '??': (input.beds ?? …)"],
  ['const x = 2 > (input.beds)', "This may be missing. Give a value for that case with '??'."],
  ['const x = (input.room).trim()', "This may be missing. Read its fields with '?.'."],
  ['const x = input.rooms', "There is no field 'rooms' here. Did you mean 'room'?"],
  ['const x = input.price', "There is no field 'price' here."],
  ['const x = input.nights.price', "There is no field 'price' here: this is a number."],
  ['const x = inptu.room', "There is no 'inptu' here. Did you mean 'input'?"],
  ['const x = price', "There is no 'price' here."],
  [
    'const x: readonly { id: string }[] = input.rows',
    "It may be missing, and a value is needed here. Give one for that case, with '?? []', or make it required where it is declared.",
  ],
  ['const x: readonly unknown[] = input.to', 'This is a group of fields or nothing, and a list is needed here.'],
  ['const x: readonly unknown[] = input.far', 'This is a group of fields, and a list is needed here.'],
  ['const x: readonly unknown[] = input.any', 'It is not known what this is. Describe it where it is declared.'],
  ['const x = input.any.more', "It is not known what 'input.any' is. Describe it where it is declared."],
  [
    'const x: { id: number }[] = input.rows ?? []',
    "Its field 'id' does not fit. This is a text, and a number is needed here.",
  ],
  [
    'const x: { a: { b: string } } = input.far',
    "Its field 'a.b' does not fit. This is a number, and a text is needed here.",
  ],
  ['const x: { a: unknown; c: string } = input.far', "It lacks the field 'c'."],
  ['const x: { c: string; d: string } = input.far', "It lacks the fields 'c', 'd'."],
  ['const x = {} satisfies { c: string }', "It lacks the field 'c'."],
  ['const x: { c?: string } = { e: 1 }', "There is no field 'e' here."],
  ["const x: 'sea' | undefined = input.nights", 'This is a number, and the text "sea" is needed here.'],
  ['const x = input.nights > input.kind', 'A number and a text cannot be compared by size.'],
  ['const x = input.nights + input.far', 'A number and a group of fields cannot be added.'],
  ['const x = input.nights === input.kind', 'This compares a number with a text: they are never equal.'],
  ['const x = input.kind.trim(1)', 'Nothing can be between these brackets.'],
  ['const x = call()', 'Between the brackets a value is missing.'],
  ['const x = call(1)', 'Between the brackets one more value is needed.'],
  ['const x = call(1, 2, 3, 4)', 'Between the brackets are too many values.'],
  ['const x = input.kind * 2', 'Only numbers can be computed with: what is left of the operator is none.'],
])('[TYW1] %s', (code, words) => {
  expect(said(code)).toEqual([words]);
});

it('[TYW1] texts with quotes and bars in them are no types', () => {
  expect(said(`const x: number = input.kind as "it's" | "a | b"`)).toEqual([
    'This is a text, and a number is needed here.',
  ]);
  expect(said(`const x: "it's" | 'say "hi"' = input.nights`)).toEqual([expect.stringContaining(`"it's"`)]);
});

it('[TYW1] a priority is said in usual words', () => {
  expect(said(`type Priority = 'low' | 'high'; const x: Priority | undefined = input.kind`)).toEqual([
    'This is one of "sea", "garden", and one of "low", "normal", "high", "urgent" is needed here.',
  ]);
});

it('[TYW2] what has no usual words is one line of TypeScript', () => {
  expect(said('const x: (a: string) => void = input.nights')).toEqual([expect.stringMatching(/^Type '.*$/)]);
  // A type may have the name of what every object has.
  expect(said('type toString = { a: 1 }; const x: toString = input.nights')).toEqual([expect.stringMatching(/^Type /)]);
});

it.each([
  ['input.', 'a name is missing'],
  ['(input', "a ')' is missing"],
  ['1 +', 'a value is missing'],
  ["'no end", 'a text has no quote at its end'],
  ['`no end', 'a text has no quote at its end'],
  ['a \u202e b', 'it has a character that cannot be used here'],
])('[TYW3] %s', (code, words) => {
  expect(problemsIn(code, new Set(['input', 'a', 'b'])).map(({ message }) => message)).toEqual([
    `This is not an expression: ${words}.`,
  ]);
});

it('[MEW1] every method has words, and no other name', () => {
  // A field, which has the same brackets in the language of the list.
  const methods = [...METHODS].filter((name) => name !== 'length');
  expect(Object.keys(METHOD_WORDS).sort()).toEqual(methods.sort());
});
