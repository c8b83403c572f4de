/** Puts a golden case through a run: real history machines, the real sandbox, virtual time, activities that answer as they are told. */
import { ApplicationFailure } from '@temporalio/common';
import { activityInfo } from '@temporalio/activity';
import type { OpenTaskInput } from '../../saga/contract';
import type { HistoryEvent } from '../../history';
import { idOf } from '../../proto-time';
import { ActivityExecutor, type ActivityFunction } from '../../worker/activities/executor';
import type { WorkflowWorker } from '../../worker/port';
import { WorkflowUnderTest } from '../../worker/testing/run-workflow';
import type { VirtualRunOptions } from '../../trial/virtual-run';
import type { ChildAsked, ChildPlayed } from '../../trial/virtual-children';
import type { Answer, FromOutside, Run } from './golden-case';

const STATUS = ['', 'running', 'completed', 'failed', 'canceled'];
const ACTOR = { id: 'ada', name: 'Ada', groups: ['managers'] };

/** What came of a run, in the shape of `Run['expect']`. */
export type Outcome = Required<Omit<Run['expect'], 'queries'>> & { run: WorkflowUnderTest };

export async function runGolden(
  worker: WorkflowWorker,
  workflowType: string,
  spec: Run,
  ids: { runKey: number; workflowId: string }
): Promise<Outcome> {
  const calls: { activityId: string; input: unknown }[] = [];
  const activity: ActivityFunction = (input: unknown) => {
    const { activityId } = activityInfo();
    const before = calls.filter((call) => call.activityId === activityId).length;
    calls.push({ activityId, input });
    return perform(spec.answers?.[activityId]?.slice(0, before + 1).at(-1));
  };
  const names = ['http.request', 'log', 'human.open', 'human.ask', 'human.close'];
  const executor = new ActivityExecutor({ activities: Object.fromEntries(names.map((name) => [name, activity])) });
  const run = new RunWithChildren(worker, executor, workflowType, [spec.input], ids);

  for (const event of spec.outside ?? []) {
    const { after } = event;
    await run.run({ until: () => after === 'start' || calls.some(({ activityId }) => activityId === after) });
    send(run, event, calls.filter(({ activityId }) => activityId.endsWith(':open')).at(-1)?.input as OpenTaskInput);
  }
  await run.run();
  const report = (await run.query('__ledger')) as { entries: { activityId: string; state: never }[] };
  return {
    run,
    status: STATUS[run.state.status] as Outcome['status'],
    result: run.result(),
    failure: failureOf(run),
    trace: traceOf(run.events),
    attributes: run.state.searchAttributes,
    ledger: Object.fromEntries(report.entries.map(({ activityId, state }) => [activityId, state])),
  };
}

/** Its children are run in the same way, from their start to their end. */
class RunWithChildren extends WorkflowUnderTest {
  #children = 0;

  constructor(
    private readonly workflows: WorkflowWorker,
    private readonly executor: ActivityExecutor,
    workflowType: string,
    args: unknown[],
    private readonly options: { runKey: number } & VirtualRunOptions
  ) {
    super(workflows, executor, workflowType, args, options);
  }

  protected override child({ workflowId, workflowType, input, memo, nowMs }: ChildAsked): ChildPlayed {
    const runKey = 100_000 + this.options.runKey * 10 + ++this.#children;
    const options = { runKey, workflowId, memo, startMs: nowMs };
    const run = new RunWithChildren(this.workflows, this.executor, workflowType, [input], options);
    const closed = run.run().then(() => ({ event: run.state.closeEvent!, atMs: run.now }));
    return { closed, isWorking: true, cancel: () => run.cancel() };
  }
}

function perform(answer: Answer = { gives: null }): unknown {
  if ('gives' in answer) return answer.gives;
  throw ApplicationFailure.create({ message: answer.throws, type: answer.throws, nonRetryable: !answer.retryable });
}

function send(run: WorkflowUnderTest, event: FromOutside, task: OpenTaskInput): void {
  if ('signal' in event) run.signal(event.signal, event.payload);
  else if ('update' in event) run.update(`update-${event.update}`, event.update, event.argument);
  else if ('decide' in event) {
    const { taskId, dataHash } = task;
    const { decide: decision, comment = '', values, by } = event;
    const actor = by === undefined ? ACTOR : { id: by, name: by, groups: ['managers'] };
    const updateId = by === undefined ? taskId : `${taskId}/${by}`;
    run.update(updateId, '__decide', { taskId, decision, comment, values, dataHash, actor });
  } else run.cancel();
}

function failureOf(run: WorkflowUnderTest): string {
  const failure = run.state.closeEvent?.workflowExecutionFailedEventAttributes?.failure;
  return (failure?.applicationFailureInfo ?? failure?.cause?.applicationFailureInfo)?.type ?? '';
}

/** Commands in their order, as the history has them; of an activity, as often as it was tried. */
function traceOf(events: readonly HistoryEvent[]): string[] {
  const attempts = new Map<number, number>();
  for (const { activityTaskStartedEventAttributes: started } of events)
    if (started) attempts.set(idOf(started.scheduledEventId), started.attempt ?? 1);
  return events.flatMap((event) => {
    const activity = event.activityTaskScheduledEventAttributes;
    const timer = event.timerStartedEventAttributes;
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (child) return [`run ${child.workflowId?.split('/').at(-1)}`];
    if (timer) return [`wait ${idOf(timer.startToFireTimeout?.seconds ?? 0)} s`];
    // Told to the inbox beside the flow.
    if (!activity || activity.activityId?.endsWith(':close')) return [];
    const tried = attempts.get(idOf(event.eventId)) ?? 1;
    return [tried > 1 ? `${activity.activityId} × ${tried}` : `${activity.activityId}`];
  });
}
