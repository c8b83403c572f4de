/**
 * Reads the data of a page for its client component. A refusal is returned as data too: the page is still rendered,
 * shows what is away, and reads again by itself.
 */
import { cache } from 'react';
import type { Prefetched } from '@/app/_contract/prefetched';
import { failureOf } from '../failure';
import { web, type Web } from '../web';
import { withinPage } from './page-deadline';

/** When this page began, by `performance.now()`: one instant a request, whichever layout or page asks first. */
export const pageBegan = cache(() => performance.now());

export async function prefetch<T>(read: (web: Web) => Promise<T>): Promise<Prefetched<T>> {
  const composed = web();
  try {
    return { data: await withinPage(composed, pageBegan(), read(composed)) };
  } catch (error) {
    return { failure: failureOf(error, composed.log) };
  }
}
