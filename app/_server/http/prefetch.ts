/** What a page reads for its island. A refusal is data too: the page stands, says what is away, and asks again by itself. */
import type { Prefetched } from '@/app/_contract/prefetched';
import { failureOf } from '../failure';
import { web, type Web } from '../web';

export async function prefetch<T>(read: (web: Web) => Promise<T>): Promise<Prefetched<T>> {
  const composed = web();
  try {
    return { data: await read(composed) };
  } catch (error) {
    return { failure: failureOf(error, composed.log) };
  }
}
