/** Parts of a page's address. What cannot name anything leads to the page that says so. */
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
