/** Decodes the parts of an address (app/_contract/address-part.ts). */
import { fromPart } from '@/app/_contract/address-part';
import { nameProblem, textProblem } from '@/engine/plain-text';
import { Refusal } from '../failure';

type Given = Readonly<Record<string, string | string[] | undefined>>;

/** The parts of a catch-all route are joined with slashes. Throws `badRequest` for a part that cannot be decoded. */
export function partsOf(params: Given | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(params ?? {}).map(([name, given]) => [name, partOf(name, given ?? '')]));
}

function partOf(name: string, given: string | string[]): string {
  const parts = [given].flat().map((part) => fromPart(part));
  const problem = parts.map((part) => (part === null ? 'is not encoded correctly' : nameProblem(part))).find(Boolean);
  if (problem) throw new Refusal('badRequest', `The ${name} in this address ${problem}.`);
  return parts.join('/');
}

/**
 * True if Next can route the address. `url` is the path and the query string. Each part of the path is a name. The query
 * string is none: it has many values, is still encoded, and can be as long as the header allows.
 */
export function isReadable(url: string): boolean {
  const [path = '', search = ''] = url.split(/\?(.*)/s);
  const isNamed = path.split('/').every((part) => {
    const name = fromPart(part);
    return name !== null && nameProblem(name) === null;
  });
  return isNamed && textProblem(search) === null && !/%00/.test(search);
}

/** The replacement for an address that cannot be decoded: it leads to the product's own 'not found' answer. */
export const nowhere = (url: string): string => (url.startsWith('/api/') ? '/api/nothing-here' : '/nothing-here');
