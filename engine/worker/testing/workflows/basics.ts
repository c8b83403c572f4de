/** Hand-written workflows for the tests of the worker: each uses one feature of the library. */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  patched,
  proxyActivities,
  scheduleActivity,
  setHandler,
  sleep,
  ActivityCancellationType,
  upsertMemo,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
  isCancellation,
} from '@temporalio/workflow';

const { work, fail, slow } = proxyActivities<{
  work(input: string): Promise<string>;
  fail(): Promise<void>;
  slow(): Promise<void>;
}>({ startToCloseTimeout: '10s', retry: { maximumAttempts: 2, initialInterval: '1s' } });

export async function sequence(names: string[]): Promise<string[]> {
  const results: string[] = [];
  for (const name of names) results.push(await work(name));
  return results;
}

export async function side(): Promise<unknown> {
  return { at: Date.now(), random: Math.random(), id: uuid4(), run: workflowInfo().historyLength };
}

export async function race(): Promise<string> {
  const timer = new CancellationScope();
  const first = await Promise.race([work('quick'), timer.run(() => sleep('1h')).then(() => 'timer')]);
  timer.cancel();
  await sleep(1_000);
  return first;
}

export async function retries(): Promise<string> {
  try {
    await fail();
    return 'unexpected';
  } catch (error) {
    return (error as Error).cause instanceof ApplicationFailure ? 'failed' : String(error);
  }
}

export const add = defineSignal<[number]>('add');
export const total = defineQuery<number>('total');
export const setLimit = defineUpdate<number, [number]>('setLimit');
export async function counter(): Promise<number> {
  let sum = 0;
  let limit = 10;
  setHandler(add, (amount) => void (sum += amount));
  setHandler(total, () => sum);
  setHandler(
    setLimit,
    async (value) => {
      await sleep(100);
      limit = value;
      return limit;
    },
    {
      validator: (value) => {
        if (value < 0) throw new Error('a limit is not negative');
      },
    }
  );
  await condition(() => sum >= limit);
  return sum;
}

export async function impatient(): Promise<string> {
  return (await condition(() => false, '5s')) ? 'met' : 'gave up';
}

export async function cancelEachWay(): Promise<string[]> {
  const outcomes: string[] = [];
  for (const type of [
    ActivityCancellationType.TRY_CANCEL,
    ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    ActivityCancellationType.ABANDON,
  ]) {
    const scope = new CancellationScope();
    const running = scope.run(() =>
      scheduleActivity('slow', [], {
        activityId: `slow-${type}`,
        startToCloseTimeout: '1m',
        cancellationType: type,
        heartbeatTimeout: '10s',
      })
    );
    const settled = running.then(
      () => 'completed',
      (error: unknown) => (isCancellation(error) ? 'cancelled' : 'failed')
    );
    await sleep(100);
    scope.cancel();
    outcomes.push(await settled);
  }
  const scope = new CancellationScope();
  const never = scope.run(() => slow()).catch(() => 'taken back');
  scope.cancel();
  outcomes.push((await never) as string);
  return outcomes;
}

export async function undoWhenCancelled(): Promise<void> {
  try {
    await work('step');
    await sleep('1h');
  } catch (error) {
    await CancellationScope.nonCancellable(() => work('undo'));
    throw error;
  }
}

export async function attributes(): Promise<void> {
  upsertSearchAttributes({ SagaPhase: ['unwinding'] });
  upsertMemo({ note: 'kept' });
  await sleep(10);
}

export async function versioned(): Promise<string> {
  const isNew = patched('better');
  await sleep(10);
  return isNew ? 'new' : 'old';
}

export async function failing(): Promise<void> {
  await sleep(1);
  throw ApplicationFailure.nonRetryable('declined', 'CardDeclined');
}

export async function broken(): Promise<void> {
  await Promise.resolve();
  (undefined as unknown as { nothing(): void }).nothing();
}

export async function endless(): Promise<void> {
  for (;;);
}

export async function endlessMicrotasks(): Promise<void> {
  for (;;) await Promise.resolve();
}

export async function bomb(): Promise<number> {
  await work('before');
  const kept: number[][] = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, (_, index) => index + kept.length + 0.5));
}

export async function bufferBomb(): Promise<number> {
  await work('before');
  const kept: Uint8Array[] = [];
  for (;;) kept.push(new Uint8Array(10_000_000).fill(1));
}

export async function runaway(): Promise<number> {
  const deeper = async (depth: number): Promise<number> => 1 + (await deeper(depth + 1));
  return deeper(0);
}

export async function escape(): Promise<Record<string, string>> {
  const kind = (value: unknown) => typeof value;
  const probe = (run: () => unknown) => {
    try {
      return kind(run());
    } catch (error) {
      return (error as Error).name;
    }
  };
  return {
    process: probe(() => (globalThis as Record<string, unknown>).process),
    require: probe(() => (globalThis as Record<string, unknown>).require),
    fetch: probe(() => (globalThis as Record<string, unknown>).fetch),
    polluteObject: probe(() => {
      (Object.prototype as Record<string, unknown>).polluted = true;
    }),
    polluteArray: probe(() => {
      Array.prototype.map = (() => []) as never;
    }),
    addGlobal: probe(() => {
      (globalThis as Record<string, unknown>).leak = 1;
    }),
  };
}

/** Continues as new until it was told to stop. */
export async function rounds(round: number): Promise<string> {
  let isEnough = false;
  setHandler(defineSignal('enough'), () => void (isEnough = true));
  await sleep(1);
  if (isEnough || round === 3) return `stopped in round ${round}`;
  return continueAsNew<typeof rounds>(round + 1);
}
