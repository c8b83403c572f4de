/** What services of an example have booked: an independent view with which a run's ledger can be checked. */
import type { ExampleBooks } from '@/app/_contract/examples';
import { exampleOf } from '@/engine/examples/registry';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

const DEADLINE_MS = 3_000;

/** `key`: the business key of one run, such as the order's number; null for everything. */
export async function readExampleBooks(
  { config }: Pick<Web, 'config'>,
  actor: Actor,
  flow: string,
  key: string | null
): Promise<ExampleBooks> {
  demand(actor, 'examples.read', flow);
  const example = exampleOf(flow);
  if (!example) throw new Refusal('flowNotFound', `'${flow}' is no example.`);
  const url = example.booksUrl(config.environment, key);
  if (!url) throw new Refusal('exampleAway', `The ${example.services} is switched off here.`);
  const answer = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS), redirect: 'error' }).catch(
    (error: unknown) => {
      throw new Refusal('exampleAway', `The ${example.services} does not answer.`, undefined, { cause: error });
    }
  );
  if (!answer.ok) throw new Refusal('exampleAway', `The ${example.services} answered ${answer.status}.`);
  return { key, books: (await answer.json()) as unknown, readAtMs: Date.now() };
}

/** The run page shows the books of an example's runs where they can be asked for. */
export const hasBooks = ({ config }: Pick<Web, 'config'>, flow: string | null): boolean =>
  !!exampleOf(flow)?.booksUrl(config.environment, null);
