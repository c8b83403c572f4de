/** A workflow that does what its input says to and with other runs, for tests that kill the engine meanwhile. */
import {
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  sleep,
  startChild,
  type ParentClosePolicy,
} from '@temporalio/workflow';
import type { Plan, Step } from './plan';

export async function player(plan: Plan): Promise<{ told: string[]; outcomes: string[] }> {
  const told: string[] = [];
  const outcomes: string[] = [];
  setHandler(defineSignal<[string]>('tell'), (text) => void told.push(text));
  const play = async (step: Step): Promise<void> => {
    try {
      outcomes.push(`${step.do}: ${await perform(step)}`);
    } catch (error) {
      // Its own cancellation ends the run.
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
      outcomes.push(`${step.do}: ${(error as Error).message}`);
    }
  };
  if (plan.isParallel) await Promise.all(plan.steps.map(play));
  else for (const step of plan.steps) await play(step);
  if (plan.laps) await continueAsNew<typeof player>({ ...plan, laps: plan.laps - 1 });
  if (plan.fails) throw ApplicationFailure.nonRetryable('as planned');
  return { told, outcomes };
}

async function perform(step: Step): Promise<string> {
  switch (step.do) {
    case 'sleep':
      await sleep(step.ms);
      return 'slept';
    case 'signal':
      await getExternalWorkflowHandle(step.to).signal('tell', 'hello');
      return 'told';
    case 'cancel':
      await getExternalWorkflowHandle(step.to).cancel();
      return 'asked';
    case 'child': {
      const child = await startChild(player, {
        workflowId: step.id,
        args: [step.plan],
        parentClosePolicy: step.policy as ParentClosePolicy,
      });
      if (step.isSignaled) await child.signal('tell', 'child');
      if (step.isLeft) return 'left';
      const result = await child.result();
      return result.told.join();
    }
  }
}
