/** What the services of examples have booked: an independent view with which a run's ledger can be checked. */
import type { ExampleBooks } from '@/app/_contract/examples';
import { bookReportSchema, booksUrl, type Bookkeeper } from '@/engine/examples/bookkeeper';
import { bookkeeperNamed, BOOKKEEPERS } from '@/engine/examples/registry';
import type { BookedService } from '@/engine/run-view/books';
import { asked, connectionRow } from '../connections/rows';
import { Refusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';

const DEADLINE_MS = 3_000;

/** `reference`: the business case of one run, such as the order's number; null for everything. */
export async function readExampleBooks(
  web: Pick<Web, 'config' | 'versions'>,
  actor: Actor,
  connection: string,
  reference: string | null
): Promise<ExampleBooks> {
  demandAnywhere(actor, 'examples.read');
  const keeper = bookkeeperNamed(connection);
  if (!keeper) throw new Refusal('connectionNotFound', `'${connection}' is no service of the examples.`);
  const url = booksUrl(keeper, web.config.environment, reference);
  if (!url) throw new Refusal('exampleAway', `${keeper.title} is switched off here.`);
  await demandItsAddress(web, keeper);
  const answer = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS), redirect: 'error' }).catch(
    (error: unknown) => {
      throw new Refusal('exampleAway', `${keeper.title} does not answer.`, undefined, { cause: error });
    }
  );
  if (!answer.ok) throw new Refusal('exampleAway', `${keeper.title} answered ${answer.status}.`);
  const report = bookReportSchema.safeParse(await answer.json().catch(() => null));
  if (!report.success) throw new Refusal('exampleAway', `What ${keeper.title} answered are no books.`);
  return { reference, ...report.data, readAtMs: Date.now() };
}

/** Somebody may have given the connection the address of another service, which the books here know nothing of. */
async function demandItsAddress({ versions }: Pick<Web, 'versions'>, { connection, address, title }: Bookkeeper) {
  const [found] = (await versions.listConnections(connection).catch(asked)).connections;
  // Flows that were published before there were connections name the address itself.
  if (!found) return;
  const { kind, settings } = connectionRow(found, 0).connection;
  if (kind === 'http' && typeof settings.address === 'object' && settings.address.environment === address) return;
  throw new Refusal(
    'exampleAway',
    `The connection '${connection}' no longer leads to ${title}, so there are no books to compare with.`
  );
}

/** The services of examples that can be asked for their books. */
export const servicesWithBooks = ({ config }: Pick<Web, 'config'>): BookedService[] =>
  BOOKKEEPERS.filter((each) => booksUrl(each, config.environment, null) !== null).map(
    ({ connection, title, reference }) => ({ connection, title, reference })
  );
