/**
 * The body of a request as a form, of URL-encoded fields or of parts. Pure, and part of exported projects.
 *
 * Rules
 * [FRM1] A single value is one field. What becomes of a list and of a group is decided by the encoding, for all fields
 *       or for one of them. Whatever it cannot write without loss is refused.
 * [FRM2] Names inside the body are data, except those that a mapping writes: a name that would change the structure of
 *       the form is refused.
 * [FRM3] What is absent or null is left out of a group, as in a query. An empty list and an empty group have no field,
 *       except as JSON. An empty text is sent, as an empty field.
 * [FRM4] The same body has the same text in every attempt, because services compare it, and signatures cover it.
 */

/** 'form': application/x-www-form-urlencoded. 'multipart': multipart/form-data, with texts only. */
export const FORM_KINDS = ['form', 'multipart'] as const;
/**
 * A list `tags`. 'repeated': tags=a&tags=b. 'indexed': tags[0]=a&tags[1]=b. 'brackets': tags[]=a&tags[]=b. 'commas':
 * tags=a,b. 'json': tags=["a","b"].
 */
export const LIST_STYLES = ['repeated', 'indexed', 'brackets', 'commas', 'json'] as const;
/** A group `owner`. 'brackets': owner[name]=a. 'dots': owner.name=a. 'json': owner={"name":"a"}. */
export const GROUP_STYLES = ['brackets', 'dots', 'json'] as const;

/** How a value that is not single is written. */
export interface FormStyle {
  lists: (typeof LIST_STYLES)[number];
  groups: (typeof GROUP_STYLES)[number];
}

export interface BodyEncoding extends FormStyle {
  kind: (typeof FORM_KINDS)[number];
  /** Fields of the body that are written in another style, by name. */
  fields?: Record<string, FormStyle>;
}

/** What a value is in the numbers and texts of the caller. */
export interface Texts {
  /** The text of a single value, and the JSON of any other. */
  textOf(value: unknown): string;
  /** True for a value that is one text although it is an object: a number with all its digits. */
  isNumber(value: unknown): boolean;
}

export interface FormField {
  name: string;
  text: string;
  /** True if the text is JSON. */
  isJson: boolean;
}

/** The body cannot be written as a form. The message is a sentence for people. */
export class NoForm extends Error {
  override name = 'NoForm';
}

/**
 * The text and the content type of a body. `names`: 'data' if the names at the top are from the input, [FRM2]. Throws
 * NoForm.
 */
export function writtenForm(
  body: unknown,
  encoding: BodyEncoding,
  names: 'data' | 'definition',
  texts: Texts
): { type: string; text: string } {
  const fields = formFields(body, encoding, names, texts);
  if (encoding.kind === 'multipart') return parts(fields);
  const pairs = fields.map(({ name, text }): [string, string] => [name, text]);
  return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(pairs).toString() };
}

/** The fields in their order, not encoded. Throws NoForm. */
export function formFields(
  body: unknown,
  encoding: BodyEncoding,
  names: 'data' | 'definition',
  texts: Texts
): FormField[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || texts.isNumber(body))
    throw new NoForm('The body of a form is a group of fields, and this one is not.');
  const found: FormField[] = [];
  for (const [name, value] of entriesOf(body)) {
    const own = encoding.fields;
    const style = own && Object.hasOwn(own, name) ? (own[name] ?? encoding) : encoding;
    if (names === 'data') demandPlain(name, style);
    add(found, value, { name, style, depth: 0 }, texts);
  }
  return found;
}

interface Place {
  name: string;
  style: FormStyle;
  depth: number;
}

function add(found: FormField[], value: unknown, place: Place, texts: Texts): void {
  const { name, style } = place;
  if (value === undefined || value === null) return;
  const isSingle = typeof value !== 'object' || texts.isNumber(value);
  const isList = Array.isArray(value);
  if (isSingle) found.push({ name, text: texts.textOf(value), isJson: false });
  else if ((isList ? style.lists : style.groups) === 'json')
    found.push({ name, text: texts.textOf(value), isJson: true });
  else if (isList) addList(found, value as unknown[], place, texts);
  else
    for (const [inner, each] of entriesOf(value)) {
      demandPlain(inner, style);
      add(found, each, inside(place, style.groups === 'dots' ? `${name}.${inner}` : `${name}[${inner}]`), texts);
    }
}

/** A name has every name around it, so that deep data would be much longer than it is. */
function inside({ style, depth }: Place, name: string): Place {
  if (depth >= MOST_DEPTH) throw new NoForm(`The body of a form has at most ${MOST_DEPTH} levels.`);
  return { name, style, depth: depth + 1 };
}
const MOST_DEPTH = 32;

function addList(found: FormField[], list: readonly unknown[], place: Place, texts: Texts): void {
  const { name, style } = place;
  const entries: string[] = [];
  for (const [index, entry] of list.entries()) {
    if (entry === undefined || entry === null)
      throw new NoForm(`Entry ${index + 1} of '${name}' is empty, which a form cannot say.`);
    if (style.lists === 'indexed') {
      add(found, entry, inside(place, `${name}[${index}]`), texts);
      continue;
    }
    const isGroupAsJson = style.lists === 'repeated' && style.groups === 'json' && !Array.isArray(entry);
    if (typeof entry === 'object' && !texts.isNumber(entry) && !isGroupAsJson)
      throw new NoForm(
        `Entry ${index + 1} of '${name}' is not a single value. Write the lists of this form with their numbers, or as JSON.`
      );
    entries.push(texts.textOf(entry));
  }
  if (style.lists === 'repeated' || style.lists === 'brackets')
    for (const [index, text] of entries.entries())
      found.push({
        name: style.lists === 'brackets' ? `${name}[]` : name,
        text,
        isJson: typeof list[index] === 'object' && !texts.isNumber(list[index]),
      });
  if (style.lists !== 'commas' || entries.length === 0) return;
  const split = entries.findIndex((text) => text.includes(','));
  if (split >= 0)
    throw new NoForm(`Entry ${split + 1} of '${name}' has a comma, and commas separate the entries of this form.`);
  found.push({ name, text: entries.join(','), isJson: false });
}

/** [FRM2] True if a name would be read as more than a name. */
export const isStructure = (name: string, { lists, groups }: FormStyle): boolean =>
  name === '' ||
  (groups === 'dots' && name.includes('.')) ||
  (/[[\]]/.test(name) && (groups !== 'json' || lists !== 'json'));

function demandPlain(name: string, style: FormStyle): void {
  if (isStructure(name, style))
    throw new NoForm(
      `'${name.slice(0, 100)}' cannot be the name of a field, because it would be read as more than a name.`
    );
}

/** Data that only looks like an exact number has one more '$' in its name (engine/saga/exact.ts). */
function entriesOf(value: object): [string, unknown][] {
  const entries = Object.entries(value);
  const [only] = entries;
  return only && entries.length === 1 && /^\$\$+exact$/.test(only[0]) ? [[only[0].slice(1), only[1]]] : entries;
}

/** RFC 7578. The boundary follows from the texts, so that none of them contains it. [FRM4] */
function parts(fields: readonly FormField[]): { type: string; text: string } {
  let boundary = 'form-boundary';
  for (let number = 1; fields.some(({ text }) => text.includes(boundary)); number++)
    boundary = `form-boundary-${number}`;
  const quoted = (name: string) =>
    name.replace(/[\r\n"]/g, (mark) => `%${mark.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`);
  const written = fields.map(
    ({ name, text, isJson }) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"\r\n${
        isJson ? 'content-type: application/json\r\n' : ''
      }\r\n${text}\r\n`
  );
  return { type: `multipart/form-data; boundary=${boundary}`, text: `${written.join('')}--${boundary}--\r\n` };
}
