/**
 * Ends all open runs that match the filters of the list, after a preview of what that does.
 *
 * [BSR1] Only runs of flows that the person may operate are previewed or ended; who, why and how is audited.
 * [BSR2] Runs that started after the preview was made are not ended.
 * [BSR3] The preview says of each run what the dialogs of its own page say, a page of runs at a time.
 */
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';
import type { Batch, PreviewStop, StopPreview, StopRuns } from '@/app/_contract/batches';
import type { ExportRuns } from '@/app/_contract/runs';
import type { Operation } from '@/engine/permissions/permissions';
import { flowsOf } from '@/engine/permissions/permissions';
import type { temporal } from '@/engine/proto';
import { consequencesOf, NO_CONSEQUENCES, sumOf, type Consequences } from '@/engine/run-view/consequences';
import { audited } from '../audit';
import { reading } from '../engine';
import { isRefusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import { readToken } from '../runs/list';
import { settlementsOf } from '../runs/settlements';
import { summaryOf } from '../runs/summary';
import { runsQuery } from '../runs/visibility';
import type { Web } from '../web';
import { startBatch } from './start';

type Reader = Pick<Web, 'temporal' | 'catalogue' | 'config' | 'hub' | 'database'>;
type Info = temporal.api.workflow.v1.IWorkflowExecutionInfo;

/** Each run is a history to read. */
const PAGE = 20;

export async function previewStop(
  web: Reader,
  actor: Actor,
  { pageToken, ...filters }: PreviewStop
): Promise<StopPreview> {
  demandAnywhere(actor, 'batches.start');
  const startedBeforeMs = pageToken
    ? (filters.startedBeforeMs ?? Date.now())
    : Math.min(filters.startedBeforeMs ?? Infinity, Date.now());
  const query = openRuns(actor, 'runs.cancel', { ...filters, startedBeforeMs });
  const [page, total] = await Promise.all([
    reading(web, () =>
      web.temporal.workflowService.listWorkflowExecutions({
        namespace: web.config.namespace,
        query,
        pageSize: PAGE,
        nextPageToken: pageToken ? readToken(pageToken) : undefined,
      })
    ),
    pageToken ? null : countOf(web, query),
  ]);
  const each = await Promise.all(page.executions.map((info) => consequencesOfRun(web, info)));
  return {
    consequences: each.reduce(sumOf, NO_CONSEQUENCES),
    total,
    startedBeforeMs,
    nextPageToken: page.nextPageToken?.length ? Buffer.from(page.nextPageToken).toString('base64url') : null,
  };
}

export async function stopRuns(
  web: Pick<Web, 'temporal' | 'config' | 'database' | 'log'>,
  actor: Actor,
  { requestId, kind, filters, reason }: StopRuns
): Promise<Batch> {
  demandAnywhere(actor, 'batches.start');
  const query = openRuns(actor, kind === 'cancel' ? 'runs.cancel' : 'runs.terminate', filters);
  const details = { kind, reason, query, batch: requestId };
  return audited(web, actor, { operation: 'batches.start', target: 'runs', details }, () => {
    const identity = actor.name;
    // The tasks of killed runs are withdrawn when the inbox is compared with the engine.
    const operation =
      kind === 'cancel'
        ? { cancellationOperation: { identity } }
        : {
            terminationOperation: {
              identity,
              details: { payloads: toPayloads(defaultPayloadConverter, { by: actor.name }) },
            },
          };
    return startBatch(web, requestId, { visibilityQuery: query, reason, ...operation });
  });
}

/** [BSR1] */
const openRuns = (actor: Actor, operation: Operation, filters: ExportRuns): string =>
  `${runsQuery(filters, flowsOf(actor, operation))} AND ExecutionStatus = 'Running'`;

/** Null if they cannot be counted in time: the preview is shown without their number. */
async function countOf(web: Reader, query: string): Promise<number | null> {
  try {
    return (await reading(web, () => web.temporal.workflow.count(query))).count;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** [BSR3] */
async function consequencesOfRun(web: Reader, info: Info): Promise<Consequences> {
  const { workflowId, runId, workflowType, revision } = await summaryOf(info, web.catalogue);
  const run = { workflowId, runId };
  try {
    const [live, settlements, version] = await Promise.all([
      web.hub.read(run),
      settlementsOf(web, run),
      web.catalogue.contentOfType(workflowType, revision),
    ]);
    const { lateAnswers = [], passedOn = null, phase } = live.summary;
    const facts = { ...live, settlements, lateAnswers, passedOn, nowMs: live.asOfMs };
    return consequencesOf(facts, phase, version?.manifest ?? null);
  } catch (error) {
    // It was deleted meanwhile.
    if (isRefusal(error) && error.code === 'runNotFound') return NO_CONSEQUENCES;
    throw error;
  }
}
