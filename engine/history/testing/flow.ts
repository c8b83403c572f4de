/** A hand-written workflow whose histories the replay test writes with the machines alone. */
import { condition, defineSignal, defineUpdate, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

const { work } = proxyActivities<{ work(step: string): Promise<string> }>({ startToCloseTimeout: '10 seconds' });

export async function flow(): Promise<string> {
  let gone = false;
  let total = 0;
  setHandler(defineSignal('go'), () => void (gone = true));
  setHandler(defineUpdate<number, [number]>('set'), (by) => (total += by));
  const first = await work('one');
  await sleep(1_000);
  await condition(() => gone && total > 0);
  const second = await work('two');
  return `${first} ${second} ${total}`;
}
