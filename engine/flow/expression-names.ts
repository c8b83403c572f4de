/**
 * Finds the names that an expression reads, without parsing it: the browser runs this on every edit, and the
 * TypeScript compiler is far too large for that. Whether an expression is allowed at all is checked by the compiler
 * (compiler/expressions.ts).
 */

type Path = (string | number)[];

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
  const code = withoutTexts(expression);
  const parameters = new Set(
    [...code.matchAll(/(?:\(([^()]*)\)|([A-Za-z_$][\w$]*))\s*=>/g)].flatMap(
      (match) => (match[1] ?? match[2] ?? '').match(WORD) ?? []
    )
  );
  const names = new Set<string>();
  for (const match of code.matchAll(WORD)) {
    const before = code.slice(0, match.index).trimEnd();
    const after = code.slice(match.index + match[0].length).trimStart();
    const isProperty = before.endsWith('.') && !before.endsWith('...');
    const isKey = /[{,]$/.test(before) && after.startsWith(':');
    if (!isProperty && !isKey && !parameters.has(match[0])) names.add(match[0]);
  }
  return names;
}
const WORD = /(?<![\w$])[A-Za-z_$][\w$]*/g;

function withoutTexts(source: string): string {
  let code = '';
  /** Depth of braces inside each open `${`; -1 means the text of a template. */
  const open: number[] = [];
  for (let at = 0; at < source.length; at++) {
    const char = source[at] as string;
    if (open.at(-1) === -1) {
      if (char === '\\') at++;
      else if (char === '`') open.pop();
      else if (char === '$' && source[at + 1] === '{') {
        open.push(0);
        code += ' (';
        at++;
      }
    } else if (char === '"' || char === "'") {
      for (at++; at < source.length && source[at] !== char; at++) if (source[at] === '\\') at++;
      code += '0';
    } else if (char === '`') {
      open.push(-1);
      code += ' ';
    } else if (open.length > 0 && char === '}' && open.at(-1) === 0) {
      open.pop();
      code += ') ';
    } else {
      if (open.length > 0 && char === '{') open[open.length - 1]!++;
      if (open.length > 0 && char === '}') open[open.length - 1]!--;
      code += char;
    }
  }
  return code;
}
