/**
 * Completion, types and problems of expressions while somebody writes them: TypeScript's language service over one file
 * for each expression. The browser runs it in a worker. Positions are in the text of the expression.
 *
 * Rules
 * [LSV1] An expression is checked as the compiler checks it: first what is allowed (expressions.ts), then the types.
 * [LSV2] Completion offers names in scope, and of a value only what expressions may use.
 * [LSV3] Inside the brackets of a method is shown what it takes and gives, in words.
 * [LSV4] What is known of the values here narrows their types, as the `if` around the expression does in the generated
 *        code. A condition that is not allowed itself is not read.
 */
import ts from 'typescript';
import { problemsIn, type ExpressionProblem } from '../expressions';
import type { KnownCondition } from '../../flow/known-conditions';
import { LIBRARY } from './library';
import { METHOD_WORDS } from './method-words';
import { meantName, typeWords } from './type-words';

/** A name that the expression may read. */
export interface LanguageName {
  name: string;
  /** In TypeScript. */
  type: string;
  /** In words. */
  title: string;
}
export interface LanguageScope {
  names: readonly LanguageName[];
  /** The type that the value must have, in TypeScript; null: any. */
  expected: string | null;
  /** Conditions that hold here, or do not (flow/known-conditions.ts). */
  known?: readonly KnownCondition[];
}

export interface Completion {
  name: string;
  kind: 'name' | 'field' | 'method' | 'word';
  /** Its type, as TypeScript writes it. */
  type: string;
  title: string | null;
}
export interface Completions {
  /** Where the word begins that a completion replaces. */
  from: number;
  entries: Completion[];
}
export interface Hover {
  from: number;
  to: number;
  type: string;
  title: string | null;
}

/** The method whose brackets the caret is in. */
export interface Signature {
  /** Where its brackets begin. */
  from: number;
  /** Before, inside and behind the value that the caret is at. */
  parts: readonly [string, string, string];
  /** What the call gives, in words; null for what has none. */
  gives: string | null;
}

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  noUncheckedIndexedAccess: true,
  noLib: true,
  target: ts.ScriptTarget.ES2023,
  types: [],
};
const LIBRARY_FILE = '/library.d.ts';
const WORDS = ['true', 'false', 'null', 'undefined'];

interface Open {
  text: string;
  version: number;
  code: string;
  scope: LanguageScope;
  /** Where the expression begins in the file. */
  begin: number;
}

export class ExpressionLanguage {
  readonly #files = new Map<string, Open>();
  #version = 0;
  readonly #service = ts.createLanguageService({
    getCompilationSettings: () => OPTIONS,
    getScriptFileNames: () => [LIBRARY_FILE, ...this.#files.keys()],
    getScriptVersion: (name) => String(this.#files.get(name)?.version ?? 0),
    getScriptSnapshot: (name) => {
      const text = name === LIBRARY_FILE ? LIBRARY : this.#files.get(name)?.text;
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => LIBRARY_FILE,
    fileExists: (name) => name === LIBRARY_FILE || this.#files.has(name),
    readFile: (name) => (name === LIBRARY_FILE ? LIBRARY : this.#files.get(name)?.text),
  });

  /** Opens an expression, or changes it. `id`: of the field. */
  set(id: string, code: string, scope: LanguageScope): void {
    const file = fileOf(id);
    const known = this.#files.get(file);
    if (known?.code === code && JSON.stringify(known.scope) === JSON.stringify(scope)) return;
    const head = headOf(scope);
    const text = `${head}${code}\n);\n}`;
    this.#files.set(file, { text, version: ++this.#version, code, scope, begin: head.length });
  }

  close(id: string): void {
    this.#files.delete(fileOf(id));
  }

  /** [LSV1] */
  problems(id: string): ExpressionProblem[] {
    const open = this.#files.get(fileOf(id));
    if (!open || open.code.trim() === '') return [];
    const refused = problemsIn(open.code, new Set(open.scope.names.map(({ name }) => name)));
    if (refused.length > 0) return refused;
    return this.#service.getSemanticDiagnostics(fileOf(id)).flatMap((found) => {
      const { start, length } = found;
      const message = typeWords(found);
      // TypeScript reports a value of another type than the field's at the name of the value.
      if (start === open.text.lastIndexOf('value', open.begin)) return [{ message, from: 0, to: open.code.length }];
      if (start === undefined || start < open.begin) return [];
      const from = Math.min(start - open.begin, open.code.length);
      const meant = meantName(found);
      const to = Math.min(from + Math.max(length ?? 1, 1), open.code.length);
      return [{ message, from, to, ...(meant === null ? {} : { instead: meant }) }];
    });
  }

  /** [LSV2] */
  completions(id: string, at: number): Completions | null {
    const open = this.#files.get(fileOf(id));
    if (!open) return null;
    const position = open.begin + at;
    const found = this.#service.getCompletionsAtPosition(fileOf(id), position, {});
    if (!found) return null;
    const from = at - (/[\w$]*$/.exec(open.code.slice(0, at))?.[0].length ?? 0);
    const known = new Map(open.scope.names.map((each) => [each.name, each]));
    const entries = found.entries.flatMap((entry): Completion[] => {
      const isMethod = entry.kind === ts.ScriptElementKind.memberFunctionElement;
      const { name } = entry;
      if (found.isMemberCompletion) {
        if (!/^[A-Za-z_$][\w$]*$/.test(name)) return [];
        return [{ name, kind: isMethod ? 'method' : 'field', type: this.#typeOf(id, position, entry), title: null }];
      }
      const own = known.get(name);
      if (own) return [{ name, kind: 'name', type: own.type, title: own.title }];
      if (WORDS.includes(name)) return [{ name, kind: 'word', type: '', title: null }];
      const isParameter = entry.kind === ts.ScriptElementKind.parameterElement;
      return isParameter ? [{ name, kind: 'name', type: this.#typeOf(id, position, entry), title: null }] : [];
    });
    return { from, entries };
  }

  hover(id: string, at: number): Hover | null {
    const open = this.#files.get(fileOf(id));
    if (!open) return null;
    const info = this.#service.getQuickInfoAtPosition(fileOf(id), open.begin + at);
    if (!info || info.textSpan.start < open.begin) return null;
    const from = info.textSpan.start - open.begin;
    const word = open.code.slice(from, from + info.textSpan.length);
    const title = open.scope.names.find(({ name }) => name === word)?.title ?? null;
    return { from, to: from + info.textSpan.length, type: wordsOf(info.displayParts), title };
  }

  signature(id: string, at: number): Signature | null {
    const open = this.#files.get(fileOf(id));
    const help = open && this.#service.getSignatureHelpItems(fileOf(id), open.begin + at, undefined);
    const item = help?.items[help.selectedItemIndex];
    if (!help || !item || help.applicableSpan.start < open.begin) return null;
    const text = (parts: readonly ts.SymbolDisplayPart[]) => parts.map((part) => part.text).join('');
    const prefix = text(item.prefixDisplayParts);
    const name = /^([\w$]+)[<(]/.exec(prefix)?.[1] ?? '';
    const words = Object.hasOwn(METHOD_WORDS, name) ? METHOD_WORDS[name] : undefined;
    const separator = text(item.separatorDisplayParts);
    const parameters = words?.takes ?? item.parameters.map(({ displayParts }) => text(displayParts));
    const index = Math.min(help.argumentIndex, parameters.length - 1);
    const before = parameters.slice(0, Math.max(index, 0)).map((each) => each + separator);
    const behind = parameters.slice(index + 1).map((each) => separator + each);
    return {
      from: help.applicableSpan.start - open.begin,
      parts: [
        (words ? `${name}(` : prefix) + before.join(''),
        parameters[index] ?? '',
        behind.join('') + (words ? ')' : text(item.suffixDisplayParts)),
      ],
      gives: words?.gives ?? null,
    };
  }

  #typeOf(id: string, position: number, { name, source }: ts.CompletionEntry): string {
    const details = this.#service.getCompletionEntryDetails(fileOf(id), position, name, {}, source, {}, undefined);
    return wordsOf(details?.displayParts);
  }
}

const fileOf = (id: string) => `/${encodeURIComponent(id)}.ts`;

/** Declarations of the names, and what is known of them [LSV4], up to the expression. */
function headOf({ names, expected, known = [] }: LanguageScope): string {
  const declared = names.map(({ name, type }) => `declare const ${name}: ${type};\n`).join('');
  const readable = new Set(names.map(({ name }) => name));
  const narrowed = known
    .filter(({ expression }) => problemsIn(expression, readable).length === 0)
    .map(({ expression, holds }) => `if (${holds ? '!' : ''}(\n${expression}\n)) return;\n`)
    .join('');
  return `export {};\n${declared}function read() {\n${narrowed}const value${expected === null ? '' : `: ${expected}`} = (`;
}

/**
 * `(property) name: string` → `string`; `(method) Array<T>.join(separator?: string): string` →
 * `(separator?: string): string`
 */
function wordsOf(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  const text = (parts ?? []).map((part) => part.text).join('');
  const isMethod = text.startsWith('(method) ');
  const plain = text.replace(/^\([^)]*\) /, '').replace(/ \(\+\d+ overloads?\)$/, '');
  if (isMethod) return plain.replace(/^[^(]*?\.[\w$]+/, '');
  return plain.replace(/^(?:const |let |var )?[\w$.<>[\]]+\??: /, '');
}
