/** Decodes the parts of a page's address. A part that cannot be decoded leads to the 'not found' page. */
import { notFound } from 'next/navigation';
import { isRefusal } from '../failure';
import { partsOf } from '../http/parts';

export function pageParts<Name extends string>(params: Record<Name, string>): Record<Name, string> {
  try {
    return partsOf(params) as Record<Name, string>;
  } catch (error) {
    if (isRefusal(error)) notFound();
    throw error;
  }
}
