/** What Prometheus reads of this web process. */
import { METRICS_TYPE } from '@/engine/metrics/exposition';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

export async function readMetrics({ metrics }: Pick<Web, 'metrics'>, actor: Actor): Promise<Response> {
  demand(actor, 'metrics.read');
  return new Response(await metrics.text(), { headers: { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' } });
}
