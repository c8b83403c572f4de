/** Makes, changes, pauses, triggers, fills in and deletes schedules. */
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';
import Long from 'long';
import type {
  BackfillSchedule,
  CreateSchedule,
  PauseSchedule,
  ScheduleSettings,
  TriggerSchedule,
  UpdateSchedule,
} from '@/app/_contract/schedules';
import { flowsBelow } from '@/engine/flow/flow-entry';
import { type temporal } from '@/engine/proto';
import { toDuration, toTimestamp } from '@/engine/proto-time';
import type { Operation } from '@/engine/permissions/permissions';
import { audited } from '../audit';
import { changing } from '../engine';
import { fromEngine, Refusal } from '../failure';
import { demandFits } from '../flows/check-value';
import { servedOf } from '../flows/summaries';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { overlapPolicy } from './overlap';
import { describeSchedule, scheduleMissing, WHEN } from './read';
import { checkedSpec } from './spec';

type Writer = Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>;
type Definition = temporal.api.schedule.v1.ISchedule;

const TASK_QUEUE = 'backstitch';
const GRPC_ALREADY_EXISTS = 6;
const GRPC_FAILED_PRECONDITION = 9;

export async function createSchedule(web: Writer, actor: Actor, asked: CreateSchedule): Promise<{ id: string }> {
  const { id, flow } = asked;
  demand(actor, 'schedules.create', flow);
  const type = await demandStartable(web, actor, asked);
  const schedule = definitionOf(actor, id, type, asked);
  const details = { flow, when: asked.when.kind };
  return audited(web, actor, { operation: 'schedules.create', target: id, details }, async () => {
    const request = {
      namespace: web.config.namespace,
      scheduleId: id,
      schedule,
      identity: actor.name,
      requestId: asked.requestId,
      memo: memoOf(asked),
    };
    try {
      await changing(web, () => web.temporal.workflowService.createSchedule(request));
    } catch (error) {
      if (codeOf(error) === GRPC_ALREADY_EXISTS)
        throw new Refusal('scheduleIdTaken', `There is a schedule '${id}' already. Nothing was made.`);
      throw fromEngine(error) ?? error;
    }
    web.invalidations.announce(['schedules']);
    return { id };
  });
}

export async function updateSchedule(
  web: Writer,
  actor: Actor,
  id: string,
  asked: UpdateSchedule
): Promise<{ id: string }> {
  const { described } = await describeSchedule(web, actor, 'schedules.update', id);
  demand(actor, 'schedules.update', asked.flow);
  const type = await demandStartable(web, actor, asked);
  const schedule = definitionOf(actor, id, type, asked);
  schedule.state = { ...schedule.state, paused: described.schedule?.state?.paused ?? false };
  const details = { flow: asked.flow, when: asked.when.kind };
  return audited(web, actor, { operation: 'schedules.update', target: id, details }, async () => {
    const request = {
      namespace: web.config.namespace,
      scheduleId: id,
      schedule,
      conflictToken: Buffer.from(asked.token, 'base64url'),
      identity: actor.name,
      requestId: asked.requestId,
      memo: memoOf(asked),
    };
    try {
      await changing(web, () => web.temporal.workflowService.updateSchedule(request));
    } catch (error) {
      if (codeOf(error) === GRPC_FAILED_PRECONDITION)
        throw new Refusal('changedMeanwhile', 'Somebody changed this schedule meanwhile. Nothing was saved.');
      scheduleMissing(error, id);
    }
    web.invalidations.announce(['schedules']);
    return { id };
  });
}

export const pauseSchedule = (web: Writer, actor: Actor, id: string, { paused, note, requestId }: PauseSchedule) => {
  // The protocol pauses with a note, and has no other way to say so.
  const words = note || `${paused ? 'Paused' : 'Unpaused'} by ${actor.name}`;
  return patched(web, actor, id, requestId, paused ? { pause: words } : { unpause: words }, { paused, note });
};

export const triggerSchedule = (web: Writer, actor: Actor, id: string, { requestId }: TriggerSchedule) =>
  patched(
    web,
    actor,
    id,
    requestId,
    { triggerImmediately: { overlapPolicy: overlapPolicy('allowAll') } },
    { triggered: true }
  );

export const backfillSchedule = (
  web: Writer,
  actor: Actor,
  id: string,
  { requestId, fromMs, untilMs, overlap }: BackfillSchedule
) => {
  const backfill = {
    startTime: toTimestamp(fromMs),
    endTime: toTimestamp(untilMs),
    overlapPolicy: overlapPolicy(overlap),
  };
  return patched(
    web,
    actor,
    id,
    requestId,
    { backfillRequest: [backfill] },
    { backfillFrom: fromMs, backfillUntil: untilMs }
  );
};

async function patched(
  web: Writer,
  actor: Actor,
  id: string,
  requestId: string,
  patch: temporal.api.schedule.v1.ISchedulePatch,
  details: Record<string, string | number | boolean>
): Promise<{ id: string }> {
  await describeSchedule(web, actor, 'schedules.patch', id);
  return audited(web, actor, { operation: 'schedules.patch', target: id, details }, () =>
    changed(web, 'schedules.patch', id, () =>
      web.temporal.workflowService.patchSchedule({
        namespace: web.config.namespace,
        scheduleId: id,
        patch,
        identity: actor.name,
        requestId,
      })
    )
  );
}

export async function deleteSchedule(web: Writer, actor: Actor, id: string): Promise<{ id: string }> {
  await describeSchedule(web, actor, 'schedules.delete', id);
  return audited(web, actor, { operation: 'schedules.delete', target: id }, () =>
    changed(web, 'schedules.delete', id, () =>
      web.temporal.workflowService.deleteSchedule({
        namespace: web.config.namespace,
        scheduleId: id,
        identity: actor.name,
      })
    )
  );
}

async function changed(web: Writer, _: Operation, id: string, call: () => Promise<unknown>): Promise<{ id: string }> {
  await changing(web, call).catch((error: unknown) => scheduleMissing(error, id));
  web.invalidations.announce(['schedules', 'runs']);
  return { id };
}

/**
 * As for a start of the flow now: it must exist, its input must fit, and its children are started for this person. The
 * workflow type of the schedule: the flow itself, of which each start takes the newest version (design D6). Another
 * cluster knows no flows, so there it is the version of today.
 */
async function demandStartable(web: Writer, actor: Actor, { flow, input }: ScheduleSettings): Promise<string> {
  const ofFlow = (await web.catalogue.list()).filter((each) => each.flow === flow);
  if (!ofFlow.length) throw new Refusal('flowNotFound', `There is no flow named '${flow}'.`);
  const version = servedOf(ofFlow);
  if (!version)
    throw new Refusal('versionRetired', `All versions of '${flow}' are retired, so it cannot be scheduled.`);
  const { document, manifest } = await web.catalogue.content(flow, version.version, version.revision);
  for (const below of flowsBelow(manifest)) demand(actor, 'runs.start', below);
  demandFits(input, document.input, 'The input');
  return web.config.foreignCluster ? version.workflowType : flow;
}

function definitionOf(actor: Actor, id: string, type: string, asked: ScheduleSettings): Definition {
  const { when, input, overlap, catchupMinutes, jitterSeconds, remaining, pausesOnFailure, note } = asked;
  return {
    spec: { ...checkedSpec(when), jitter: jitterSeconds > 0 ? toDuration(jitterSeconds * 1_000) : null },
    action: {
      startWorkflow: {
        workflowId: id,
        workflowType: { name: type },
        taskQueue: { name: TASK_QUEUE },
        input: { payloads: toPayloads(defaultPayloadConverter, input) },
        memo: {
          fields: {
            BackstitchStartedBy: defaultPayloadConverter.toPayload(actor.name),
            BackstitchStarterId: defaultPayloadConverter.toPayload(actor.id),
          },
        },
      },
    },
    policies: {
      overlapPolicy: overlapPolicy(overlap),
      catchupWindow: catchupMinutes === null ? null : toDuration(catchupMinutes * 60_000),
      pauseOnFailure: pausesOnFailure,
    },
    state: {
      notes: note,
      limitedActions: remaining !== null,
      remainingActions: Long.fromNumber(remaining ?? 0),
    },
  };
}

const memoOf = ({ when }: ScheduleSettings): temporal.api.common.v1.IMemo => ({
  fields: { [WHEN]: defaultPayloadConverter.toPayload(when) },
});

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
