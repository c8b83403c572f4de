/**
 * What is known of a form before it is sent: of an operation of a connection, and of a step that describes its request
 * itself.
 *
 * [FRC1] A form is written of a group of fields whose names are only names, and has its own content type.
 */
import { isStructure, type BodyEncoding } from './form';

/** Of the body of a request. */
export interface DrawnForm {
  encoding: BodyEncoding;
  /** Of the request. */
  headers: readonly string[];
  /**
   * 'none': no body. 'single': surely no group of fields. 'group': a group whose names come with the data.
   * `areAll`: more of them cannot come with the data.
   */
  body: 'none' | 'single' | 'group' | { names: readonly string[]; areAll: boolean };
  /** True if names are read as data, so that none of them may be structure. What to do about one that is. */
  insteadOf: ((name: string) => string) | null;
}

export interface FormProblem {
  /** Below the request. */
  path: [part: 'encoding' | 'headers' | 'body', ...inside: string[]];
  message: string;
}

export function formProblems({ encoding, headers, body, insteadOf }: DrawnForm): FormProblem[] {
  if (body === 'none') return [{ path: ['encoding'], message: 'A request without a body is not written as a form.' }];
  const found: FormProblem[] = headers
    .filter((name) => /^content-type$/i.test(name))
    .map((name) => ({
      path: ['headers', name],
      message: `The header '${name}' follows from how the body is written.`,
    }));
  if (body === 'single') return [...found, { path: ['body'], message: 'The body of a form is a group of fields.' }];
  const { names, areAll } = body === 'group' ? { names: [], areAll: false } : body;
  if (insteadOf)
    for (const name of names)
      if (isStructure(name, encoding.fields?.[name] ?? encoding))
        found.push({ path: ['body'], message: `'${name}' is no plain name. ${insteadOf(name)}` });
  if (names.length === 0 || !areAll) return found;
  for (const name of Object.keys(encoding.fields ?? {}))
    if (!names.includes(name))
      found.push({ path: ['encoding', 'fields', name], message: `The body has no field '${name}'.` });
  return found;
}
