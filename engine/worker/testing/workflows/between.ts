/** Hand-written workflows that ask other runs: signals and cancels. */
import {
  CancellationScope,
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  sleep,
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
