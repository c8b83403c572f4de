/** The workflow code that both the embedded worker and the official one run (histories.ts). */
import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  ApplicationFailure,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  sleep,
  startChild,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';

interface Activities {
  work(name: string): Promise<string>;
  failTwice(): Promise<string>;
  declined(): Promise<string>;
}

const { work, failTwice } = proxyActivities<Activities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '10ms', backoffCoefficient: 1 },
});
const { declined } = proxyActivities<Activities>({ startToCloseTimeout: '10s', retry: { maximumAttempts: 1 } });

const go = defineSignal<[number]>('go');
const setLimit = defineUpdate<number, [number]>('setLimit');
const total = defineQuery<number>('total');

export async function steps(): Promise<string[]> {
  return [await work('a'), await work('b'), await work('c')];
}

export async function retried(): Promise<string> {
  return failTwice();
}

export async function failed(): Promise<string> {
  return declined();
}

export async function handled(): Promise<string> {
  try {
    return await declined();
  } catch {
    return work('instead');
  }
}

export async function timers(): Promise<string> {
  await sleep(10);
  const scope = new CancellationScope();
  const cut = scope.run(() => sleep('1 hour')).catch(() => 'cut short');
  await sleep(10);
  scope.cancel();
  return cut.then(String);
}

export async function signals(): Promise<number> {
  let sum = 0;
  setHandler(go, (count) => void (sum += count));
  await condition(() => sum >= 3);
  await work(`after ${sum}`);
  await condition(() => sum >= 10);
  return sum;
}

export async function updates(): Promise<number> {
  let limit = 0;
  setHandler(
    setLimit,
    async (next) => {
      await work(`limit ${next}`);
      limit = next;
      return next;
    },
    {
      validator: (next) => {
        if (next < 0) throw ApplicationFailure.nonRetryable('negative', 'BadLimit');
      },
    }
  );
  setHandler(total, () => limit);
  await condition(() => limit > 5);
  return limit;
}

export async function parent(): Promise<string> {
  const result = await executeChild(child, { workflowId: `${workflowInfo().workflowId} child`, args: ['x'] });
  return `parent of ${result}`;
}

export async function child(name: string): Promise<string> {
  return work(name);
}

export async function parentOfFailing(): Promise<string> {
  try {
    await executeChild(failed, { workflowId: `${workflowInfo().workflowId} child` });
    return 'no failure';
  } catch (error) {
    return (error as Error).message;
  }
}

export async function abandoning(): Promise<void> {
  await startChild(signals, {
    workflowId: `${workflowInfo().workflowId} child`,
    parentClosePolicy: ParentClosePolicy.TERMINATE,
  });
}

export async function asking(): Promise<string> {
  const other = getExternalWorkflowHandle('nobody at all');
  try {
    await other.signal(go, 1);
    return 'somebody';
  } catch {
    return 'nobody';
  }
}

export async function rounds(round = 1): Promise<string> {
  await work(`round ${round}`);
  if (round < 3) await continueAsNew<typeof rounds>(round + 1);
  return `ended in round ${round}`;
}

export async function undone(): Promise<string> {
  try {
    await work('do');
    await sleep('1 hour');
    return 'done';
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => work('undo'));
    throw error;
  }
}

export async function waited(): Promise<string> {
  const met = await condition(() => false, 10);
  const instant = await condition(() => true, '1 hour');
  return `${met} ${instant}`;
}

export async function versions(): Promise<string> {
  return patched('new-way') ? work('new') : work('old');
}

export async function noted(): Promise<void> {
  upsertMemo({ note: 'a', other: 1 });
  await work('noted');
  upsertMemo({ other: null });
}

export async function together(): Promise<string[]> {
  return Promise.all([sleep(50).then(() => 'slept'), work('first')]);
}

export async function empty(): Promise<void> {}

export async function thrown(): Promise<void> {
  await sleep(1);
  throw ApplicationFailure.create({ message: 'no luck', type: 'Luck', details: [7], nonRetryable: true });
}
