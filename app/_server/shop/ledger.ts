/** The example shop's own books: an independent view with which a run's ledger can be checked. */
import type { ShopLedger } from '@/app/_contract/shop';
import { Refusal } from '../failure';
import { EXAMPLE_FLOW } from '../flows/install-example';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

const DEADLINE_MS = 3_000;

export async function readShopLedger(
  { config }: Pick<Web, 'config'>,
  actor: Actor,
  orderId: string | null
): Promise<ShopLedger> {
  demand(actor, 'shop.read', EXAMPLE_FLOW);
  if (!config.shopUrl) throw new Refusal('shopAway', 'The example shop is switched off here.');
  const url = new URL('/ledger', config.shopUrl);
  if (orderId) url.searchParams.set('order', orderId);
  const answer = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS), redirect: 'error' }).catch(
    (error: unknown) => {
      throw new Refusal('shopAway', 'The example shop does not answer.', undefined, { cause: error });
    }
  );
  if (!answer.ok) throw new Refusal('shopAway', `The example shop answered ${answer.status}.`);
  return { orderId, ledger: (await answer.json()) as unknown, readAtMs: Date.now() };
}
