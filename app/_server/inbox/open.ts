/**
 * A run asks a person. Idempotent by task id: a second open, also one that comes after the close, changes nothing.
 * Sensitive values of the question are not stored: a decision is bound to the hash of the whole data, which the run
 * has.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import type { OpenTaskBody } from '@/app/_contract/inbox';
import type { JsonSchema } from '@/engine/flow/document';
import type { temporal } from '@/engine/proto';
import { storable } from '@/engine/plain-text';
import type { Mask } from '@/engine/run-view/mask';
import { PRIORITIES } from '@/engine/saga/contract';
import { askedNow } from '@/engine/saga/votes';
import { Prisma } from '@/prisma/client/client';
import { reading } from '../engine';
import { isRefusal, Refusal } from '../failure';
import { maskOfRun } from '../runs/masked';
import type { Web } from '../web';
import { searchTextOf } from './search';

export async function openTask(
  web: Pick<Web, 'database' | 'invalidations' | 'temporal' | 'catalogue' | 'hub'>,
  task: OpenTaskBody
): Promise<{ taskId: string }> {
  const { taskId, namespace, workflowId, runId } = task;
  const starterId = task.forbidStarter ? await starterOf(web, task) : null;
  const endsAtMs = task.endsAtMs === undefined ? task.dueAtMs : task.endsAtMs;
  const mask = await maskOfTask(web, task);
  const shown = {
    title: mask.data(task.title),
    question: mask.data(task.question),
    data: json(mask.data(task.data, task.schema as JsonSchema | null)),
  };
  const { count } = await web.database.humanTask.createMany({
    skipDuplicates: true,
    data: {
      taskId,
      namespace,
      workflowId,
      firstRunId: runId,
      runId: task.currentRunId ?? null,
      workflowType: task.workflowType,
      flow: task.flow,
      nodeId: task.nodeId,
      title: shown.title,
      question: shown.question,
      searchText: searchTextOf({ ...shown, flow: task.flow, workflowId, firstRunId: runId }),
      candidates: task.candidates,
      requireComment: task.requireComment,
      decisions: task.decisions ? (json(task.decisions) ?? Prisma.DbNull) : Prisma.DbNull,
      howMany: task.howMany ?? Prisma.DbNull,
      asked: task.howMany === undefined ? [] : askedNow({ howMany: task.howMany, candidates: task.candidates }, []),
      forbidStarter: task.forbidStarter ?? false,
      fromData: task.fromData ?? false,
      excluded: task.excluded ?? [],
      starterId,
      data: shown.data ?? Prisma.JsonNull,
      dataHash: task.dataHash,
      schema: json(task.schema) ?? Prisma.DbNull,
      dueAt: task.dueAtMs === null ? null : new Date(task.dueAtMs),
      endsAt: endsAtMs === null ? null : new Date(endsAtMs),
      priority: PRIORITIES.indexOf(task.priority ?? 'normal'),
      takeBackMs: task.takeBackMs ?? null,
      mayAsk: task.mayAsk ?? false,
      againByName: task.againByName ?? false,
    },
  });
  if (count === 0) await demandSameRun(web, taskId, task);
  else web.invalidations.announce(['inbox']);
  return { taskId };
}

/** As `starterOf`. */
export interface Starter {
  /** Of a schedule and of a webhook: whose they are. Null: a program or a key. */
  personId: string | null;
  /** As the run names who started it; '' if it does not. */
  name: string;
  by: 'person' | 'schedule' | 'webhook' | 'program';
}

/**
 * The person who started the run, as the door wrote it into the run's memo; null if a program started it. Throws
 * while the engine is away: the activity that opens the task is then retried.
 */
export const starterOf = async (
  web: Pick<Web, 'temporal'>,
  run: Pick<OpenTaskBody, 'namespace' | 'workflowId' | 'runId' | 'currentRunId'>
): Promise<string | null> => (await readStarter(web, run)).personId;

/** Who or what started the run. Throws while the engine is away. */
export async function readStarter(
  web: Pick<Web, 'temporal'>,
  {
    namespace,
    workflowId,
    runId,
    currentRunId,
  }: Pick<OpenTaskBody, 'namespace' | 'workflowId' | 'runId' | 'currentRunId'>
): Promise<Starter> {
  const { workflowExecutionInfo } = await reading(web, () =>
    web.temporal.workflowService.describeWorkflowExecution({
      namespace,
      execution: { workflowId, runId: currentRunId ?? runId },
    })
  );
  const { memo, searchAttributes } = workflowExecutionInfo ?? {};
  const told = (field: string): string => {
    const payload = memo?.fields?.[field];
    const value = payload ? defaultPayloadConverter.fromPayload<unknown>(payload) : null;
    return typeof value === 'string' ? value : '';
  };
  const [id, name] = [told('BackstitchStarterId'), told('BackstitchStartedBy')];
  const bySchedule =
    isScheduled(searchAttributes) || (await isScheduledAbove(web, namespace, workflowExecutionInfo ?? {}));
  // As receive.ts names the owner of a webhook.
  const by = bySchedule ? 'schedule' : / \(webhook '/.test(name) ? 'webhook' : id === '' ? 'program' : 'person';
  return { personId: id === '' ? null : id, name, by };
}

const isScheduled = (attributes: temporal.api.common.v1.ISearchAttributes | null | undefined): boolean =>
  attributes?.indexedFields?.TemporalScheduledById !== undefined;

/**
 * A child has the memo of the run at its root, and not its search attributes; nor has a later run of a chain those of the first
 * one. False if the run at the root was deleted: then the person is named whose the schedule is.
 */
async function isScheduledAbove(
  web: Pick<Web, 'temporal'>,
  namespace: string,
  { execution, rootExecution: root }: temporal.api.workflow.v1.IWorkflowExecutionInfo
): Promise<boolean> {
  if (!root?.workflowId || root.runId === execution?.runId) return false;
  try {
    const above = await reading(web, () =>
      web.temporal.workflowService.describeWorkflowExecution({ namespace, execution: root })
    );
    return isScheduled(above.workflowExecutionInfo?.searchAttributes);
  } catch (error) {
    if (isRefusal(error) && error.code === 'runNotFound') return false;
    throw error;
  }
}

/**
 * The values that the flow marks as sensitive: in its input, in outputs of steps or in the task itself. Throws while
 * they are not known: the activity that opens the task is then retried.
 */
async function maskOfTask(web: Pick<Web, 'catalogue' | 'hub'>, task: OpenTaskBody): Promise<Mask> {
  const version = await web.catalogue.contentOfType(task.workflowType);
  return maskOfRun(web, version?.manifest, { workflowId: task.workflowId, runId: task.currentRunId ?? task.runId });
}

/** A task id names one question of one run; anything else is a caller's mistake that no retry heals. */
async function demandSameRun(
  { database }: Pick<Web, 'database'>,
  taskId: string,
  asking: Pick<OpenTaskBody, 'workflowId' | 'runId'>
) {
  const row = await database.humanTask.findUnique({ where: { taskId } });
  if (row && (row.workflowId !== asking.workflowId || row.firstRunId !== asking.runId)) {
    throw new Refusal('requestReused', `The task id '${taskId}' belongs to another run.`);
  }
}

/**
 * The data may come from a service and may contain text that cannot be stored. The task is opened all the same, with
 * such text replaced.
 */
const json = (value: unknown): Prisma.InputJsonValue | null =>
  value === undefined ? null : (storable(value) as Prisma.InputJsonValue | null);
