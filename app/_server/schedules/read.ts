/** A schedule of the engine in the words of the contract. */
import type { ScheduleAction, ScheduleDetail, ScheduleRow, ScheduleSettings } from '@/app/_contract/schedules';
import { decodePayload } from '@/engine/flow/values/payload';
import { withoutMasked, maskBySchema } from '@/engine/flow/values/mask';
import { temporal } from '@/engine/proto';
import { durationMs, idOf, timestampMs } from '@/engine/proto-time';
import type { Operation } from '@/engine/permissions/permissions';
import { reading } from '../engine';
import { fromEngine, Refusal } from '../failure';
import { servedOf } from '../flows/summaries';
import { demand, demandAnywhere, type Actor } from '../people/actor';
import { statusOf, summaryOf } from '../runs/summary';
import type { Web } from '../web';
import { overlapOf } from './overlap';
import { whenOf } from './spec';

export type Reader = Pick<Web, 'temporal' | 'catalogue' | 'config'>;
type Described = temporal.api.workflowservice.v1.IDescribeScheduleResponse;
type Memo = temporal.api.common.v1.IMemo | null | undefined;

/** In the memo of a schedule: its words (spec.ts). */
export const WHEN = 'BackstitchWhen';
/** How many runs a page shows. */
const RUNS = 50;
const DAY_MS = 86_400_000;

/** Null for a workflow type that is no flow. */
export async function flowOf({ catalogue }: Pick<Web, 'catalogue'>, type: string) {
  const ofFlow = (await catalogue.list()).filter((each) => each.flow === type);
  if (ofFlow.length > 0) {
    const newest = servedOf(ofFlow) ?? ofFlow.sort((a, b) => b.version - a.version)[0]!;
    return { flow: type, title: newest.title || type, newest };
  }
  const version = await catalogue.byType(type);
  return version && { flow: version.flow, title: version.title || version.flow, newest: version };
}

const wordsIn = (memo: Memo): unknown => {
  const payload = memo?.fields?.[WHEN];
  return payload ? decodePayload(payload) : null;
};

const actionsOf = (
  recent: readonly temporal.api.schedule.v1.IScheduleActionResult[] | null | undefined
): ScheduleAction[] =>
  (recent ?? [])
    .map(({ actualTime, startWorkflowResult, startWorkflowStatus }) => ({
      workflowId: startWorkflowResult?.workflowId ?? '',
      runId: startWorkflowResult?.runId ?? '',
      startedMs: timestampMs(actualTime),
      status: statusOf(startWorkflowStatus || undefined),
    }))
    .reverse();

export async function rowOf(
  web: Pick<Web, 'catalogue'>,
  { scheduleId, memo, info }: temporal.api.schedule.v1.IScheduleListEntry
): Promise<ScheduleRow> {
  const type = info?.workflowType?.name ?? '';
  const flow = await flowOf(web, type);
  const [next] = info?.futureActionTimes ?? [];
  return {
    id: scheduleId ?? '',
    flow: flow?.flow ?? null,
    title: flow?.title ?? type,
    when: whenOf(info?.spec ?? {}, wordsIn(memo)),
    paused: info?.paused ?? false,
    note: info?.notes ?? '',
    nextMs: next && !info?.paused ? timestampMs(next) : null,
    recent: actionsOf(info?.recentActions),
  };
}

/** Throws `scheduleNotFound`, and `notAllowed` unless the actor has this permission for its flow. */
export async function describeSchedule(web: Reader, actor: Actor, operation: Operation, id: string) {
  demandAnywhere(actor, operation);
  const described = await reading(web, () =>
    web.temporal.workflowService.describeSchedule({ namespace: web.config.namespace, scheduleId: id })
  ).catch((error: unknown) => scheduleMissing(error, id));
  const type = described.schedule?.action?.startWorkflow?.workflowType?.name ?? '';
  const flow = await flowOf(web, type);
  demand(actor, operation, flow?.flow ?? null);
  return { described, type, flow };
}

export function scheduleMissing(error: unknown, id: string): never {
  const known = fromEngine(error);
  if (known?.code !== 'runNotFound' && known?.code !== 'runClosed') throw error;
  throw new Refusal('scheduleNotFound', `There is no schedule '${id}'.`, undefined, { cause: error });
}

export async function getSchedule(web: Reader, actor: Actor, id: string): Promise<ScheduleDetail> {
  const { described, type, flow } = await describeSchedule(web, actor, 'schedules.get', id);
  const { schedule, info, memo } = described;
  const content =
    flow && (await web.catalogue.content(flow.newest.flow, flow.newest.version, flow.newest.revision)).document;
  const spec = schedule?.spec ?? {};
  const next = info?.futureActionTimes?.map(timestampMs) ?? [];
  const paused = schedule?.state?.paused ?? false;
  return {
    id,
    flow: flow?.flow ?? null,
    title: flow?.title ?? type,
    when: whenOf(spec, wordsIn(memo)),
    paused,
    note: schedule?.state?.notes ?? '',
    nextMs: paused ? null : (next[0] ?? null),
    token: Buffer.from(described.conflictToken ?? []).toString('base64url'),
    workflowType: type,
    createdMs: timestampMs(info?.createTime),
    changedMs: info?.updateTime ? timestampMs(info.updateTime) : null,
    nextTimes: next,
    zone: spec.timezoneName || 'UTC',
    spec: temporal.api.schedule.v1.ScheduleSpec.toObject(temporal.api.schedule.v1.ScheduleSpec.fromObject(spec), {
      longs: Number,
      enums: String,
    }),
    settings: settingsOf(described, content?.input ?? null),
    schema: content?.input ?? null,
    counts: {
      started: idOf(info?.actionCount),
      skipped: idOf(info?.overlapSkipped),
      missed: idOf(info?.missedCatchupWindow),
      waiting: idOf(info?.bufferSize),
    },
    problem: info?.invalidScheduleError || null,
    runs: await runsOf(web, id),
  };
}

/** What a schema calls sensitive stays here: whoever edits the input enters it again. */
function settingsOf(
  { schedule }: Described,
  schema: ScheduleDetail['schema']
): Omit<ScheduleSettings, 'flow' | 'when'> {
  const { policies, state, action, spec } = schedule ?? {};
  const [payload] = action?.startWorkflow?.input?.payloads ?? [];
  const input: unknown = payload ? decodePayload(payload) : {};
  const shown: unknown = withoutMasked(maskBySchema(input, schema));
  const catchupMs = durationMs(policies?.catchupWindow);
  return {
    input:
      typeof shown === 'object' && shown !== null && !Array.isArray(shown) ? (shown as Record<string, unknown>) : {},
    overlap: overlapOf(policies?.overlapPolicy),
    catchupMinutes: catchupMs >= 365 * DAY_MS ? null : Math.max(1, Math.round(catchupMs / 60_000)),
    jitterSeconds: Math.round(durationMs(spec?.jitter) / 1_000),
    remaining: state?.limitedActions ? idOf(state.remainingActions) : null,
    pausesOnFailure: policies?.pauseOnFailure ?? false,
    note: state?.notes ?? '',
  };
}

async function runsOf(web: Reader, id: string) {
  const { executions } = await reading(web, () =>
    web.temporal.workflowService.listWorkflowExecutions({
      namespace: web.config.namespace,
      query: `TemporalScheduledById = '${id.replaceAll("'", "''")}'`,
      pageSize: RUNS,
    })
  );
  return Promise.all(executions.map((info) => summaryOf(info, web.catalogue)));
}
