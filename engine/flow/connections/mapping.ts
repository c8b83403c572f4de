/**
 * How the fields of an input are put into a request. Pure.
 *
 * Rules
 * [MP1] `{field}` or `{field.inner}` in a text of the definition is replaced by a value of the input. Text of the input
 *       is data: a `{` in it is never replaced. `{{` and `}}` are a brace.
 * [MP2] A text that consists of one placeholder becomes the value itself, with its type. A field or an item whose value
 *       is absent is left out.
 * [MP3] `{idempotencyKey}` and `{forwardKey}` are the keys of the call.
 */

/** JSON whose texts have placeholders. */
export type Mapping = string | number | boolean | null | Mapping[] | { [key: string]: Mapping };

export type Piece = { text: string } | { field: string[] };

const PLACEHOLDER = /\{\{|\}\}|\{([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)\}/g;

/** Texts and placeholders of a text of the definition, in order. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  const add = (words: string) => {
    const last = pieces.at(-1);
    if (words === '') return;
    if (last && 'text' in last) last.text += words;
    else pieces.push({ text: words });
  };
  for (const found of text.matchAll(PLACEHOLDER)) {
    add(text.slice(from, found.index));
    if (found[1] === undefined) add(found[0].slice(1));
    else pieces.push({ field: found[1].split('.') });
    from = found.index + found[0].length;
  }
  add(text.slice(from));
  return pieces;
}

/** All fields that a mapping reads, as they are written: 'order.id'. */
export function fieldsIn(mapping: Mapping): string[] {
  if (typeof mapping === 'string')
    return piecesOf(mapping).flatMap((piece) => ('field' in piece ? [piece.field.join('.')] : []));
  if (typeof mapping !== 'object' || mapping === null) return [];
  return Object.values(mapping).flatMap((inner) => fieldsIn(inner as Mapping));
}

/** The fields in the path, the query and the headers of a request: the rest of its body is without them. */
export function fieldsOutside({
  path,
  query,
  headers,
}: {
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
}): ReadonlySet<string> {
  return new Set([path, ...Object.values(query), ...Object.values(headers)].flatMap(fieldsIn));
}

/** A value of the input; undefined if it is absent. Inherited properties are never read. */
export function valueAt(input: unknown, field: readonly string[]): unknown {
  let value = input;
  for (const name of field) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/**
 * A text with its placeholders replaced; undefined if one of them is absent. `toText` converts a value to text.
 */
export function filledText(text: string, input: unknown, toText: (value: unknown) => string): string | undefined {
  let filled = '';
  for (const piece of piecesOf(text)) {
    if ('text' in piece) {
      filled += piece.text;
      continue;
    }
    const value = valueAt(input, piece.field);
    if (value === undefined || value === null) return undefined;
    filled += toText(value);
  }
  return filled;
}

/** The same for a text that somebody reads: an absent value is an empty text. */
export function readText(text: string, input: unknown, toText: (value: unknown) => string): string {
  return piecesOf(text)
    .map((piece) => {
      if ('text' in piece) return piece.text;
      const value = valueAt(input, piece.field);
      return value === undefined || value === null ? '' : toText(value);
    })
    .join('');
}

/** [MP2] Undefined if the whole mapping is one placeholder whose value is absent. */
export function filled(mapping: Mapping, input: unknown, toText: (value: unknown) => string): unknown {
  if (typeof mapping === 'string') {
    const pieces = piecesOf(mapping);
    const [only] = pieces;
    if (pieces.length === 1 && only && 'field' in only) return valueAt(input, only.field);
    return filledText(mapping, input, toText);
  }
  if (Array.isArray(mapping))
    return mapping.map((inner) => filled(inner, input, toText)).filter((value) => value !== undefined);
  if (typeof mapping !== 'object' || mapping === null) return mapping;
  const entries = Object.entries(mapping).map(([name, inner]) => [name, filled(inner, input, toText)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
