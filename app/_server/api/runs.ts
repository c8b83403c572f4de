/** Runs in the words of the API: addressed by flow and workflow id, without the ids and events of screens. */
import { isDeepStrictEqual } from 'node:util';
import { defaultPayloadConverter } from '@temporalio/common';
import type { z } from 'zod';
import type { ApiRun, ApiRunSummary, ApiStart, apiRunQuerySchema, apiStartedSchema } from '@/app/_contract/api';
import { pages } from '@/app/_contract/routes';
import type { RunDetail, RunSummary } from '@/app/_contract/runs';
import type { Operation } from '@/engine/permissions/permissions';
import { closingFailureOf } from '@/engine/run-view/closing-failure';
import { outputOf } from '@/engine/run-view/handed-over';
import { temporal } from '@/engine/proto';
import { project } from '@/engine/run-view/project';
import { reading } from '../engine';
import { fromEngine, Refusal } from '../failure';
import type { Actor } from '../people/actor';
import { describeRun, type RunAddress } from '../runs/address';
import { getRun } from '../runs/get';
import { startRun } from '../runs/start';
import type { Web } from '../web';

type Runs = Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations' | 'hub'>;
interface ApiAddress {
  flow: string;
  workflowId: string;
}
const { HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT } = temporal.api.enums.v1.HistoryEventFilterType;

export const isoOf = (ms: number): string => new Date(ms).toISOString();

/**
 * Starts a run. A repetition with the same key is answered as the first request was, if its input is the same; throws
 * `refused` if it is another one.
 */
export async function startApiRun(
  web: Runs,
  actor: Actor,
  flow: string,
  request: ApiStart,
  requestId: string
): Promise<z.infer<typeof apiStartedSchema>> {
  const { workflowId, runId, again } = await startRun(web, actor, flow, { ...request, requestId });
  if (again && !isDeepStrictEqual(await inputOf(web, { workflowId, runId }), request.input))
    throw new Refusal(
      'refused',
      `This Idempotency-Key has already started '${workflowId}', with another input. No second run was started.`
    );
  return { workflowId, runId, again, url: urlOf(web, { workflowId, runId }) };
}

async function inputOf(web: Pick<Web, 'temporal' | 'config'>, execution: RunAddress): Promise<unknown> {
  const { history } = await reading(web, () =>
    web.temporal.workflowService.getWorkflowExecutionHistory({
      namespace: web.config.namespace,
      execution,
      maximumPageSize: 1,
    })
  );
  const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}

/**
 * The run that is addressed: the newest of this workflow id, or the named one. Throws `runNotFound` if it belongs to
 * another flow: nothing is said about that one.
 */
export async function demandRunOf(
  web: Runs,
  actor: Actor,
  operation: Operation,
  { flow, workflowId }: ApiAddress,
  runId = ''
): Promise<RunAddress & { isOpen: boolean }> {
  const { info, summary } = await describeRun(web, actor, operation, { workflowId, runId });
  if (summary.flow !== flow) throw new Refusal('runNotFound', `There is no run '${workflowId}' of '${flow}'.`);
  return { workflowId, runId: info.execution?.runId ?? runId, isOpen: summary.status === 'running' };
}

export async function describeApiRun(
  web: Runs,
  actor: Actor,
  address: ApiAddress,
  { runId, wait }: z.infer<typeof apiRunQuerySchema>
): Promise<ApiRun> {
  const run = await demandRunOf(web, actor, 'runs.get', address, runId);
  const hasEnded = wait > 0 && run.isOpen && (await endsWithin(web, run, wait));
  // A run that ended may have a successor by now.
  const found = hasEnded && !runId ? await demandRunOf(web, actor, 'runs.get', address) : run;
  return runIn(web, await getRun(web, actor, found));
}

/** True as soon as the run has ended; false after so many seconds. */
async function endsWithin(web: Runs, { workflowId, runId }: RunAddress, seconds: number): Promise<boolean> {
  const until = Date.now() + seconds * 1_000;
  let nextPageToken: Uint8Array | undefined;
  while (Date.now() < until) {
    try {
      const answer = await web.temporal.withDeadline(until, () =>
        web.temporal.workflowService.getWorkflowExecutionHistory({
          namespace: web.config.namespace,
          execution: { workflowId, runId },
          waitNewEvent: true,
          historyEventFilterType: HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
          nextPageToken,
        })
      );
      if ((answer.history?.events?.length ?? 0) > 0) return true;
      // A server ends a long wait by itself; whoever asks again sends its token.
      nextPageToken = answer.nextPageToken?.length ? answer.nextPageToken : undefined;
    } catch (error) {
      if (fromEngine(error)?.code === 'outcomeUnknown') return false;
      throw fromEngine(error) ?? error;
    }
  }
  return false;
}

const urlOf = ({ config }: Pick<Web, 'config'>, { workflowId, runId }: RunAddress): string =>
  new URL(pages.run(workflowId, runId), config.webUrl).href;

export function summaryIn(web: Pick<Web, 'config'>, run: RunSummary): ApiRunSummary {
  const { flow, version, workflowId, runId, status, standingState, standing, startMs, closeMs } = run;
  return {
    flow: flow ?? '',
    version,
    workflowId,
    runId,
    status,
    outcome: standingState,
    effectsLeft: standing,
    startedAt: isoOf(startMs),
    closedAt: closeMs === null ? null : isoOf(closeMs),
    url: urlOf(web, run),
  };
}

function runIn(web: Pick<Web, 'config'>, { summary, manifest, live, settlements, handedOver }: RunDetail): ApiRun {
  if (!manifest) throw new Refusal('runNotFound', `The version that '${summary.workflowId}' runs is not known here.`);
  const view = project({ ...live, settlements, handedOver, nowMs: live.asOfMs }, manifest);
  const titleOf = (nodeId: string) => manifest.nodes[nodeId]?.title ?? nodeId;
  const last = live.events.at(-1);
  const failed = closingFailureOf(live.events, manifest);
  return {
    ...summaryIn(web, summary),
    // The row in the index may be a moment older than the history.
    effectsLeft: view.ledger.left,
    says: view.whatNow?.sentence ?? view.standing.sentence,
    input: firstOf(live.events[0]?.attributes.input),
    result: last?.type === 'WorkflowExecutionCompleted' ? outputOf(firstOf(last.attributes.result)) : null,
    failure: failed?.failure
      ? { message: failed.failure.message, type: failed.failure.type, step: failed.nodeId }
      : null,
    effects: view.ledger.entries.map(({ activityId, title, undoTitle, happened, state, heldBy }) => {
      return { step: activityId, title, undo: undoTitle, happened, state, heldBy };
    }),
    waitsFor: (live.status === 'running' ? (live.nodes?.waitsFor ?? []) : []).map((each) => {
      const { kind, nodeId, sinceMs } = each;
      const taskId = each.kind === 'approval' ? each.taskId : null;
      return { kind, step: nodeId, title: titleOf(nodeId), taskId, since: isoOf(sinceMs) };
    }),
  };
}

const firstOf = (values: unknown): unknown => (Array.isArray(values) ? (values[0] as unknown) : values) ?? null;
