/**
 * How long closed runs are kept. The engine removes them (engine/service/retention.ts); the rows that this process has of
 * them are removed by rows-of-gone.ts.
 *
 * [KEEP1] A period of a namespace is read and set through the engine's own requests, so a Temporal cluster has it too.
 * [KEEP7] A flow of this installation may have a period of its own, which is kept with its namespace.
 * [KEEP8] Whoever reads a flow sees how long its closed runs are kept, and which one is deleted next, and when.
 * [KEEP2] Whoever sets one sees before how many runs it removes at once, and how many stay because of their effects.
 */
import type {
  Expired,
  ExpiredQuery,
  FlowPeriodSet,
  FlowRetention,
  KeptFlow,
  KeptNamespace,
  RetentionList,
  SetFlowRetention,
  SetRetention,
} from '@/app/_contract/retention';
import { durationMs, toDuration } from '@/engine/proto-time';
import { flowPeriodData, flowPeriodsOf } from '@/engine/retention-periods';
import { audited } from '../audit';
import { changing, reading } from '../engine';
import { runsQuery } from '../runs/visibility';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

type Keeper = Pick<Web, 'temporal' | 'config' | 'database' | 'log' | 'invalidations'>;
type Reader = Pick<Web, 'temporal' | 'config' | 'versions'>;
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
  const ownData = namespaces.find(({ namespaceInfo }) => namespaceInfo?.name === own)?.namespaceInfo?.data;
  const flows = [...flowPeriodsOf(mustEnd ? null : ownData)].map(([flow, days]): KeptFlow => ({
    flow,
    days: days === 0 ? null : days,
  }));
  return {
    namespaces: shown.sort((a, b) => Number(b.namespace === own) - Number(a.namespace === own)),
    flows: flows.sort((a, b) => (a.flow < b.flow ? -1 : 1)),
    mustEnd,
  };
}

export async function countExpired(
  web: Keeper,
  actor: Actor,
  { namespace, days, flow }: ExpiredQuery
): Promise<Expired> {
  demand(actor, 'namespaces.update');
  const until = new Date(Date.now() - days * DAY_MS).toISOString();
  const ofFlow = flow === undefined ? '' : ` AND ${runsQuery({ flow }, null)}`;
  const count = async (more: string) => {
    const query = `CloseTime <= '${until}'${ofFlow}${more}`;
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

/** [KEEP8] */
export async function readFlowRetention(web: Reader, actor: Actor, flow: string): Promise<FlowRetention> {
  demand(actor, 'flows.get', flow);
  const { namespace, foreignCluster } = web.config;
  const { config, namespaceInfo } = await reading(web, () =>
    web.temporal.workflowService.describeNamespace({ namespace })
  );
  const ofNamespace = Math.round(durationMs(config?.workflowExecutionRetentionTtl) / DAY_MS) || null;
  const own = foreignCluster ? undefined : flowPeriodsOf(namespaceInfo?.data).get(flow);
  const days = own === undefined ? ofNamespace : own || null;
  // A cluster does not say which of its runs is the next one.
  const isKnown = days !== null && !foreignCluster;
  return {
    days,
    isOwn: own !== undefined,
    next: isKnown ? await web.versions.nextRemoval({ namespace, flow }) : null,
  };
}

/** [KEEP7] Null: it has no period of its own any more. */
export async function setFlowRetention(
  web: Keeper,
  actor: Actor,
  { flow, own }: SetFlowRetention
): Promise<FlowPeriodSet> {
  demand(actor, 'namespaces.update');
  const { namespace, foreignCluster } = web.config;
  if (foreignCluster)
    throw new Refusal('refused', 'A Temporal cluster keeps the closed runs of all flows for the same time.');
  const change = {
    operation: 'namespaces.update',
    target: namespace,
    details: { flow, days: own && own.days, isOwn: own !== null },
  };
  return audited(web, actor, change, async () => {
    const data = flowPeriodData(flow, own && (own.days ?? 0));
    await changing(web, () => web.temporal.workflowService.updateNamespace({ namespace, updateInfo: { data } }));
    web.invalidations.announce(['runs']);
    return { flow, own };
  });
}
