/** Hand-written workflows that ask other runs: signals, cancels and children. */
import {
  ApplicationFailure,
  CancellationScope,
  type ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  makeContinueAsNewFunc,
  patched,
  setHandler,
  sleep,
  startChild,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';

/** Until it was told 'enough'; then everything that it was told. */
export async function listener(): Promise<string[]> {
  const told: string[] = [];
  setHandler(defineSignal<[string]>('tell'), (text) => void told.push(text));
  await condition(() => told.includes('enough'));
  return told;
}

export async function sleeper(): Promise<string> {
  try {
    await sleep('10 days');
    return 'slept';
  } catch (error) {
    return isCancellation(error) ? 'woken' : 'unexpected';
  }
}

/** What became of each request. */
export async function asker(signaled: string[], canceled: string[]): Promise<string[]> {
  const outcomes: string[] = [];
  const outcome = async (what: string, done: Promise<void>): Promise<void> => {
    outcomes.push(`${what}: ${await done.then(() => 'done').catch((error: Error) => error.message)}`);
  };
  for (const id of signaled) {
    await outcome(`tell ${id}`, getExternalWorkflowHandle(id).signal('tell', 'hello'));
    await outcome(`tell ${id}`, getExternalWorkflowHandle(id).signal('tell', 'enough'));
  }
  await Promise.all(canceled.map((id) => outcome(`cancel ${id}`, getExternalWorkflowHandle(id).cancel())));
  return outcomes;
}

/** The signal is taken back before its task ends. */
export async function regrets(id: string): Promise<string> {
  const scope = new CancellationScope();
  const telling = scope.run(() => getExternalWorkflowHandle(id).signal('tell', 'enough'));
  scope.cancel();
  const outcome = await telling.then(() => 'told').catch((error: Error) => error.message);
  await sleep(1);
  return outcome;
}

export async function adds(one: number, other: number): Promise<string> {
  await sleep(1);
  return `child says ${one + other}`;
}
export async function fails(): Promise<void> {
  await sleep(1);
  throw ApplicationFailure.nonRetryable('no');
}
export async function tellsInfo(): Promise<unknown> {
  const { parent, root } = workflowInfo();
  return { parent: parent?.workflowId, root: root?.workflowId };
}
export async function middle(): Promise<unknown> {
  return executeChild(tellsInfo, { workflowId: 'grandchild' });
}

const said = (error: Error): string => {
  const { message, cause } = error;
  return cause instanceof Error ? `${message} / ${cause.name} ${cause.message}` : message;
};

export async function parent(taken: string): Promise<unknown> {
  const sum = executeChild(adds, { args: [1, 2] });
  const failed = executeChild(fails, {}).catch(said);
  const refused = executeChild(listener, { workflowId: taken }).catch(said);
  const info = executeChild(tellsInfo, {});
  const grandchild = executeChild(middle, { workflowId: 'middle' });
  const long = await startChild(listener, { workflowId: 'long' });
  await long.signal('tell', 'hello');
  const timedOut = executeChild(sleeper, { workflowRunTimeout: '1 s' }).catch(said);
  await long.signal('tell', 'enough');
  await long.result();
  return {
    sum: await sum,
    failed: await failed,
    timedOut: await timedOut,
    taken: await refused,
    info: await info,
    grandchild: await grandchild,
  };
}

const causeOf = ({ cause }: Error): string => (cause instanceof Error ? cause.name : 'none');

export async function cancels(cancellationType: ChildWorkflowCancellationType, workflowId: string): Promise<string> {
  const scope = new CancellationScope();
  const child = await scope.run(() => startChild(sleeper, { workflowId, cancellationType }));
  const ending = child.result().catch(causeOf);
  scope.cancel();
  const outcome = await ending;
  // Time for the request to arrive: it ends with the run.
  await sleep(50);
  return outcome;
}

export async function takesBack(): Promise<string> {
  const scope = new CancellationScope();
  const child = scope.run(() => executeChild(sleeper, {})).catch(causeOf);
  scope.cancel();
  return child;
}

/** Continues as new until its last run, which tells what it has of the runs before. */
export async function laps(lap: number, total: number, ids: string[]): Promise<unknown> {
  await sleep(1);
  if (lap === 1) upsertSearchAttributes({ SagaPhase: ['needs-hand'] });
  if (lap < total) await continueAsNew<typeof laps>(lap + 1, total, [...ids, uuid4()]);
  const { memo, searchAttributes, retryPolicy, firstExecutionRunId, continuedFromExecutionRunId } = workflowInfo();
  return {
    memo,
    searchAttributes,
    attempts: retryPolicy?.maximumAttempts,
    isLater: continuedFromExecutionRunId !== undefined && firstExecutionRunId !== workflowInfo().runId,
    ids: new Set([...ids, uuid4()]).size,
  };
}

/** Another type, another memo, and a wait. */
export async function becomes(): Promise<void> {
  const options = { workflowType: 'tellsMemo', memo: { now: 'other' }, backoffStartInterval: '2 s' } as const;
  await makeContinueAsNewFunc<typeof tellsMemo>(options)('hello');
}
export async function tellsMemo(said: string): Promise<unknown> {
  return { said, now: workflowInfo().memo?.now };
}

/** Tells its random numbers, its signals and its update; a reset changes what comes after the point. */
export async function retold(): Promise<unknown> {
  const told: string[] = [];
  setHandler(defineSignal<[string]>('tell'), (text) => void told.push(text));
  setHandler(defineUpdate<number, [string]>('add'), (text) => told.push(text));
  const before = uuid4();
  await condition(() => told.includes('go on'));
  const after = uuid4();
  await condition(() => told.includes('enough'));
  return { told, before, after };
}

/** A long history: the engine suggests to continue as new. */
export async function untilSuggested(): Promise<string> {
  for (let patch = 0; patch < 4_100; patch++) patched(`p${patch}`);
  const before = workflowInfo().continueAsNewSuggested;
  await sleep(1);
  return `${before} ${workflowInfo().continueAsNewSuggested}`;
}
