/** The initial data of the run page. */
import type { RunDetail, RunSummary } from '@/app/_contract/runs';
import { may } from '@/engine/permissions/permissions';
import { demandAnywhere, type Actor } from '../people/actor';
import { retentionOf } from '../retention/of-run';
import type { Web } from '../web';
import { describeRun, type RunAddress } from './address';
import { handedOverOf } from './family';
import { maskOfRun } from './masked';
import { settlementsOf } from './settlements';
import { decodeFields } from './summary';

export async function getRun(
  web: Pick<Web, 'temporal' | 'catalogue' | 'config' | 'hub' | 'database'>,
  actor: Actor,
  run: RunAddress
): Promise<RunDetail> {
  demandAnywhere(actor, 'runs.get');
  const { description, info, summary } = await describeRun(web, actor, 'runs.get', run);
  // Whoever has just changed something reads its effect.
  const known = { historyLength: Number(info.historyLength ?? 0), isClosed: summary.status !== 'running' };
  const [live, settlements] = await Promise.all([web.hub.read(run, known), settlementsOf(web, run)]);
  const { workflowId, runId } = info.parentExecution ?? {};
  const parent = workflowId && runId ? { workflowId, runId } : null;
  const handedOver = parent && live.status !== 'running' ? await handedOverOf(web, info) : null;
  const version = await web.catalogue.contentOfType(summary.workflowType, summary.revision);
  const mask = await maskOfRun(web, version?.manifest, run);
  return {
    summary: live.summary,
    manifest: version?.manifest ?? null,
    taskQueue: description.executionConfig?.taskQueue?.name ?? '',
    memo: mask.data(decodeFields(info.memo?.fields)),
    searchAttributes: mask.data(decodeFields(info.searchAttributes?.indexedFields)),
    live,
    settlements,
    parent,
    handedOver,
    retention: await retentionOf(web, run, summary),
    may: {
      operate: may(actor, 'runs.signal', summary.flow),
      decide: may(actor, 'inbox.decide', summary.flow),
      resolve: may(actor, 'runs.settle', summary.flow),
      keep: may(actor, 'runs.keep', summary.flow),
      delete: may(actor, 'runs.delete', summary.flow),
    },
  };
}

/**
 * The maximum of events that are written into the page. The browser reads a longer history itself and shows its
 * length meanwhile.
 */
const SERVED_EVENTS = 1_000;
/** The same for the size of the history: a page contains it twice, as text and as data. */
const SERVED_BYTES = 1024 * 1024;

export type ServedRun = { kind: 'whole'; initial: RunDetail } | { kind: 'long'; summary: RunSummary; events: number };

/** The data with which the run page is served. */
export async function serveRun(
  web: Pick<Web, 'temporal' | 'catalogue' | 'config' | 'hub' | 'database'>,
  actor: Actor,
  run: RunAddress
): Promise<ServedRun> {
  demandAnywhere(actor, 'runs.get');
  const { info, summary } = await describeRun(web, actor, 'runs.get', run);
  const events = Number(info.historyLength ?? 0);
  if (events > SERVED_EVENTS || Number(info.historySizeBytes ?? 0) > SERVED_BYTES)
    return { kind: 'long', summary, events };
  return { kind: 'whole', initial: await getRun(web, actor, run) };
}
