/**
 * Finds the names that an expression reads, without parsing it: the browser runs this on every edit, and the
 * TypeScript compiler is far too large for that. Whether an expression is allowed at all is checked by the compiler
 * (compiler/expressions.ts).
 */

type Path = (string | number)[];

/** Properties that lead from a value to its constructor, and from there to everything. No expression may read them. */
export const UNREADABLE: ReadonlySet<string> = new Set(
  (
    'constructor __proto__ prototype caller callee arguments eval call apply bind ' +
    '__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__'
  ).split(' ')
);

/** Can an expression read a field of this name, behind a dot? */
export const isReadable = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name) && !UNREADABLE.has(name);

/** The expressions inside a template, each with the path that leads to it. */
export function expressionsIn(template: unknown, path: Path = []): { expression: string; path: Path }[] {
  if (Array.isArray(template)) return template.flatMap((each: unknown, index) => expressionsIn(each, [...path, index]));
  if (typeof template !== 'object' || template === null) return [];
  const fields = Object.entries(template as Record<string, unknown>);
  const [only] = fields;
  if (only && fields.length === 1 && only[0] === '$expr' && typeof only[1] === 'string')
    return [{ expression: only[1], path }];
  return fields.flatMap(([key, value]) => expressionsIn(value, [...path, key]));
}

/**
 * The names that an expression reads: words that are not a property, a key or a parameter of an arrow function, and
 * not part of a string. In a template literal only the parts inside `${}` count.
 */
export function namesIn(expression: string): Set<string> {
  return new Set(wordsRead(expression).map(({ name }) => name));
}

/**
 * The expression with another name for what it reads as `from`; everything else remains as it was written. `{ a }`
 * becomes `{ a: b }`, and `{ b: a }` becomes `{ b }`, so that renaming back gives the same text.
 */
export function renameIn(expression: string, from: string, to: string): string {
  let renamed = expression;
  for (const { name, at, isShorthand } of wordsRead(expression).reverse()) {
    if (name !== from) continue;
    const end = at + from.length;
    const key = `${to}: `;
    const isOwn = expression.slice(0, at).endsWith(key) && isMember(expression, at - key.length, end);
    const begin = isOwn ? at - key.length : at;
    renamed = renamed.slice(0, begin) + (isShorthand ? `${from}: ${to}` : to) + renamed.slice(end);
  }
  return renamed;
}

/** One place at which an expression reads a name. */
export interface Read {
  name: string;
  from: number;
  to: number;
  /** `{ name }`: key and value at once. */
  isShorthand: boolean;
  /** The field that is read of it at once, as in `charge.id` and `charge?.id`; null for a call, or none. */
  field: { name: string; to: number; isOptional: boolean } | null;
}

export function readsIn(expression: string): Read[] {
  const code = withoutTexts(expression);
  return wordsRead(expression).map(({ name, at, isShorthand }) => {
    const to = at + name.length;
    const match = /^\s*(\??)\.\s*([A-Za-z_$][\w$]*)(?!\s*(?:\?\.)?\s*\()/.exec(code.slice(to));
    const field = match && { name: match[2]!, to: to + match[0].length, isOptional: match[1] === '?' };
    return { name, from: at, to, isShorthand, field };
  });
}

/** With another text for some of what is read; null: it remains. `withField`: the text replaces the field, too. */
export function replaceReads(
  expression: string,
  change: (read: Read) => { text: string; withField: boolean } | null
): string {
  let changed = expression;
  for (const read of readsIn(expression).reverse()) {
    const other = change(read);
    if (!other) continue;
    const end = other.withField && read.field ? read.field.to : read.to;
    const key = read.isShorthand ? `${read.name}: ` : '';
    changed = changed.slice(0, read.from) + key + other.text + changed.slice(end);
  }
  return changed;
}

/** Is this piece the whole member of an object? */
function isMember(expression: string, begin: number, end: number): boolean {
  const code = withoutTexts(expression);
  const before = code.slice(0, begin).trimEnd();
  return /[{,]$/.test(before) && /^[,}]/.test(code.slice(end).trimStart()) && innermostOpen(before) === '{';
}

/** Words that are a parameter of an arrow function somewhere in the expression. */
export function parametersIn(expression: string): Set<string> {
  return parametersOf(withoutTexts(expression));
}

interface Word {
  name: string;
  at: number;
  /** `{ name }`: key and value at once. */
  isShorthand: boolean;
}

function wordsRead(expression: string): Word[] {
  const code = withoutTexts(expression);
  const parameters = parametersOf(code);
  const words: Word[] = [];
  for (const match of code.matchAll(WORD)) {
    const before = code.slice(0, match.index).trimEnd();
    const after = code.slice(match.index + match[0].length).trimStart();
    const isProperty = before.endsWith('.') && !before.endsWith('...');
    const isKey = /[{,]$/.test(before) && after.startsWith(':');
    if (isProperty || isKey || parameters.has(match[0])) continue;
    const isAlone = /[{,]$/.test(before) && /^[,}]/.test(after);
    words.push({ name: match[0], at: match.index, isShorthand: isAlone && innermostOpen(before) === '{' });
  }
  return words;
}
const WORD = /(?<![\w$])[A-Za-z_$][\w$]*/g;

function parametersOf(code: string): Set<string> {
  return new Set(
    [...code.matchAll(/(?:\(([^()]*)\)|([A-Za-z_$][\w$]*))\s*=>/g)].flatMap(
      (match) => (match[1] ?? match[2] ?? '').match(WORD) ?? []
    )
  );
}

/** The bracket that is open at the end of a piece of code. */
function innermostOpen(code: string): string | null {
  let closed = 0;
  for (let at = code.length - 1; at >= 0; at--) {
    const char = code[at]!;
    if (')]}'.includes(char)) closed++;
    else if ('([{'.includes(char) && closed-- === 0) return char;
  }
  return null;
}

/** The code with its texts blanked out; every other character stays at its place. */
export function withoutTexts(source: string): string {
  let code = '';
  /** Depth of braces inside each open `${`; -1 means the text of a template. */
  const open: number[] = [];
  for (let at = 0; at < source.length; at++) {
    const char = source[at] as string;
    if (open.at(-1) === -1) {
      if (char === '`') open.pop();
      if (char === '\\') at++;
      if (char === '$' && source[at + 1] === '{') {
        open.push(0);
        at++;
        code += ' (';
      } else code += char === '\\' ? '  ' : ' ';
    } else if (char === '"' || char === "'") {
      code += '0';
      for (at++; at < source.length && source[at] !== char; at++) {
        if (source[at] === '\\') {
          at++;
          code += ' ';
        }
        code += ' ';
      }
      code += ' ';
    } else if (char === '`') {
      open.push(-1);
      code += ' ';
    } else if (open.length > 0 && char === '}' && open.at(-1) === 0) {
      open.pop();
      code += ')';
    } else {
      if (open.length > 0 && char === '{') open[open.length - 1]!++;
      if (open.length > 0 && char === '}') open[open.length - 1]!--;
      code += char;
    }
  }
  return code;
}
