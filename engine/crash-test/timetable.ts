/**
 * A schedule: each of its times starts exactly one run, or is counted by its overlap policy, however often the engine is
 * killed. Some are triggered once by hand, too.
 */
import { status as grpcStatus } from '@grpc/grpc-js';
import { defaultPayloadConverter } from '@temporalio/common';
import type Long from 'long';
import { setTimeout as delay } from 'node:timers/promises';
import { temporal } from '../proto';
import { toDuration, toTimestamp } from '../proto-time';
import { EMBEDDED_QUEUE } from '../service/start-engine';
import { grpcErrorOf, type Calls } from './calls';
import { countOpen, NAMESPACE } from './client-run';
import { PROGRAM_TYPE } from './program';
import type { Mixed, World } from './participant';
import type { TimetablePlan } from './plan-mix';

const { ScheduleOverlapPolicy: Overlap } = temporal.api.enums.v1;
const LOOK_MS = 250;
const HOUR_MS = 3_600_000;
/** Policies that never leave a time out. */
const ALL: readonly TimetablePlan['overlap'][] = ['ALLOW_ALL', 'BUFFER_ALL'];

export class Timetable implements Mixed {
  readonly waits = false;
  readonly deleted = [];
  readonly kept = { schedules: 0, times: 0, skipped: 0, triggers: 0 };
  readonly name: string;
  stuck: string | null = 'not made';
  /** Its times, and how it describes itself at the end. */
  known: { times: number[]; info: temporal.api.schedule.v1.IScheduleInfo } = { times: [], info: {} };

  constructor(
    private readonly plan: TimetablePlan,
    private readonly calls: Calls,
    private readonly workflowType: string
  ) {
    this.name = plan.scheduleId;
  }

  async play(): Promise<void> {
    const { plan, calls, kept, name } = this;
    const intervalMs = plan.everySeconds * 1_000;
    const firstMs = Math.ceil((Date.now() + intervalMs) / intervalMs) * intervalMs;
    this.known.times = Array.from({ length: plan.times }, (_, index) => firstMs + index * intervalMs);
    const lastMs = this.known.times.at(-1) ?? firstMs;
    const input = plan.hasEffects ? { orderId: name, scenario: 'goes-well' } : { ...plan.steps };
    await calls
      .change((client) =>
        client.workflowService.createSchedule({
          namespace: NAMESPACE,
          scheduleId: name,
          requestId: name,
          schedule: {
            spec: {
              interval: [{ interval: toDuration(intervalMs) }],
              startTime: toTimestamp(firstMs),
              endTime: toTimestamp(lastMs),
            },
            action: {
              startWorkflow: {
                workflowId: name,
                workflowType: { name: plan.hasEffects ? this.workflowType : PROGRAM_TYPE },
                taskQueue: { name: EMBEDDED_QUEUE },
                input: { payloads: [defaultPayloadConverter.toPayload(input)] },
              },
            },
            policies: {
              overlapPolicy: Overlap[`SCHEDULE_OVERLAP_POLICY_${plan.overlap}`],
              catchupWindow: toDuration(HOUR_MS),
            },
          },
        })
      )
      .catch((error: unknown) => {
        if (grpcErrorOf(error)?.code !== grpcStatus.ALREADY_EXISTS) throw error;
      });
    kept.schedules++;
    this.stuck = 'has times to come';
    if (plan.isTriggered) {
      // Between two times, so that it has a workflow id of its own.
      const atMs = (this.known.times[Math.floor(plan.times / 2)] ?? firstMs) - intervalMs / 2;
      while (Date.now() < atMs) await delay(LOOK_MS);
      await this.#trigger(atMs);
      kept.triggers++;
    }
    while (!(await this.#isOver(lastMs))) await delay(LOOK_MS);
    kept.times += plan.times;
    kept.skipped += Number(this.known.info.overlapSkipped ?? 0);
    this.stuck = null;
  }

  async #trigger(atMs: number): Promise<void> {
    await this.calls.change((client) =>
      client.workflowService.patchSchedule({
        namespace: NAMESPACE,
        scheduleId: this.name,
        requestId: `${this.name} trigger`,
        patch: {
          triggerImmediately: {
            scheduledTime: toTimestamp(atMs),
            overlapPolicy: Overlap.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL,
          },
        },
      })
    );
  }

  /** Each time and each trigger is counted somehow, and no run is open. */
  async #isOver(lastMs: number): Promise<boolean> {
    if (Date.now() < lastMs) return false;
    const { info } = await this.calls.persist((client) =>
      client.workflowService.describeSchedule({ namespace: NAMESPACE, scheduleId: this.name })
    );
    this.known.info = info ?? {};
    const { actionCount, overlapSkipped, bufferDropped, missedCatchupWindow } = this.known.info;
    const counted = [actionCount, overlapSkipped, bufferDropped, missedCatchupWindow].reduce<number>(
      (sum, count) => sum + Number(count ?? 0),
      0
    );
    const isDone = counted >= this.plan.times + this.kept.triggers;
    return isDone && (await countOpen(this.calls, `TemporalScheduledById = '${this.name}'`)) === 0;
  }

  judge({ runs }: World): string[] {
    const { plan, name } = this;
    const own = runs.filter(({ searchAttributes }) => searchAttributes.TemporalScheduledById === name);
    const startedAt = own.map((run) => Date.parse(String(run.searchAttributes.TemporalScheduledStartTime)));
    const words: string[] = [];
    const count = (value: Long | number | null | undefined) => Number(value ?? 0);
    const { actionCount, overlapSkipped, bufferDropped, missedCatchupWindow } = this.known.info;
    for (const time of this.known.times) {
      const runsOfTime = startedAt.filter((at) => at === time).length;
      const isMissing = runsOfTime === 0 && ALL.includes(plan.overlap);
      if (runsOfTime > 1 || isMissing) words.push(`${new Date(time).toISOString()} started ${runsOfTime} runs`);
    }
    const triggered = startedAt.filter((at) => !this.known.times.includes(at)).length;
    if (triggered !== this.kept.triggers) words.push(`${triggered} runs by hand, after ${this.kept.triggers} triggers`);
    if (count(missedCatchupWindow) + count(bufferDropped) > 0)
      words.push(`${count(missedCatchupWindow)} times were missed and ${count(bufferDropped)} dropped`);
    if (count(actionCount) !== own.length) words.push(`it counts ${count(actionCount)} runs, there are ${own.length}`);
    const byTime = own.length - triggered;
    if (byTime + count(overlapSkipped) !== plan.times)
      words.push(`${byTime} runs and ${count(overlapSkipped)} skipped are not ${plan.times} times`);
    return words.map((each) => `${name}: ${each}`);
  }
}
