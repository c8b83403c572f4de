/** Parts of an address, read as they were meant (app/_contract/address-part.ts). */
import { fromPart } from '@/app/_contract/address-part';
import { nameProblem } from '@/engine/plain-text';
import { Refusal } from '../failure';

type Given = Readonly<Record<string, string | string[] | undefined>>;

/** A catch-all's parts are joined with slashes. Throws `badRequest` for a part that cannot name anything. */
export function partsOf(params: Given | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(params ?? {}).map(([name, given]) => [name, partOf(name, given ?? '')]));
}

function partOf(name: string, given: string | string[]): string {
  const parts = [given].flat().map((part) => fromPart(part));
  const problem = parts
    .map((part) => (part === null ? 'is not encoded as it should be' : nameProblem(part)))
    .find(Boolean);
  if (problem) throw new Refusal('badRequest', `The ${name} in this address ${problem}.`);
  return parts.join('/');
}

/** Can an address lead anywhere? `url` is the request's line: path and search. */
export function isReadable(url: string): boolean {
  const [path = '', search = ''] = url.split(/\?(.*)/s);
  const texts = [...path.split('/').map((part) => fromPart(part)), search.replaceAll('+', ' ')];
  return texts.every((text) => text !== null && nameProblem(text) === null) && !/%00/.test(search);
}

/** Where an address that cannot be read leads instead: to the product's own answer for addresses that lead nowhere. */
export const nowhere = (url: string): string => (url.startsWith('/api/') ? '/api/nothing-here' : '/nothing-here');
