/**
 * How long closed runs are kept. The engine removes them (engine/service/retention.ts); the rows that this process has of
 * them are removed by rows-of-gone.ts.
 *
 * [KEEP1] A period of a namespace is read and set through the engine's own requests, so a Temporal cluster has it too.
 * [KEEP2] Whoever sets one sees before how many runs it removes at once, and how many stay because of their effects.
 */
import type { Expired, ExpiredQuery, KeptNamespace, RetentionList, SetRetention } from '@/app/_contract/retention';
import { durationMs, toDuration } from '@/engine/proto-time';
import { audited } from '../audit';
import { changing, reading } from '../engine';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

type Keeper = Pick<Web, 'temporal' | 'config' | 'database' | 'log' | 'invalidations'>;
const DAY_MS = 86_400_000;
const PAGE = 200;

export async function readRetention(web: Keeper, actor: Actor): Promise<RetentionList> {
  demand(actor, 'namespaces.update');
  const { workflowService } = web.temporal;
  const { namespace: own, foreignCluster: mustEnd } = web.config;
  const { namespaces } = await reading(web, () => workflowService.listNamespaces({ pageSize: PAGE }));
  const kept = namespaces.map(({ namespaceInfo, config }): KeptNamespace => {
    const days = Math.round(durationMs(config?.workflowExecutionRetentionTtl) / DAY_MS);
    return { namespace: namespaceInfo?.name ?? '', days: days > 0 ? days : null };
  });
  // Of a cluster, only that of this installation: others belong to somebody else.
  const shown = kept.filter(({ namespace }) => namespace === own || !mustEnd);
  return { namespaces: shown.sort((a, b) => Number(b.namespace === own) - Number(a.namespace === own)), mustEnd };
}

export async function countExpired(web: Keeper, actor: Actor, { namespace, days }: ExpiredQuery): Promise<Expired> {
  demand(actor, 'namespaces.update');
  const until = new Date(Date.now() - days * DAY_MS).toISOString();
  const count = async (more: string) => {
    const query = `CloseTime <= '${until}'${more}`;
    const { count: found } = await reading(web, () =>
      web.temporal.workflowService.countWorkflowExecutions({ namespace, query })
    );
    return Number(found);
  };
  const [runs, held] = await Promise.all([count(''), count(' AND SagaStanding > 0')]);
  return { runs, held };
}

export async function setRetention(
  web: Keeper,
  actor: Actor,
  { namespace, days }: SetRetention
): Promise<KeptNamespace> {
  demand(actor, 'namespaces.update');
  if (days === null && web.config.foreignCluster)
    throw new Refusal('refused', 'A Temporal cluster keeps closed runs for a number of days. Enter one.');
  const change = { operation: 'namespaces.update', target: namespace, details: { days } };
  return audited(web, actor, change, async () => {
    const config = { workflowExecutionRetentionTtl: toDuration((days ?? 0) * DAY_MS) };
    await changing(web, () => web.temporal.workflowService.updateNamespace({ namespace, config }));
    web.invalidations.announce(['runs']);
    return { namespace, days };
  });
}
