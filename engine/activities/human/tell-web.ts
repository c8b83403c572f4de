/**
 * The activities `human.open`, `human.ask` and `human.close`: they report to the web which task waits, who is asked now, and
 * which is settled. The web's endpoints are idempotent by task id.
 *
 * While the web is down, an open or a change is repeated for as long as the run asks. A close is given up after some attempts,
 * because a run ends only after its closes and must not depend on the web. The web's reconciliation then settles the
 * row.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { AskTaskInput, CloseTaskInput, OpenTaskInput } from '../../saga/contract';
import type { ActivityConfig } from '../config';
import { callWeb } from '../web/call';

/**
 * A run whose published code is older than `firstRunId` does not send it: the current run is then used for the chain.
 */
type Said<Input extends { firstRunId: string }> = Omit<Input, 'firstRunId'> & { firstRunId?: string };

/**
 * With pauses of 1, 2, 4, … seconds this takes about two minutes, and six if every attempt hangs until its timeout.
 */
const ATTEMPTS_TO_CLOSE = 8;

export function openTaskActivity(
  web: ActivityConfig['web']
): (input: Said<OpenTaskInput>) => Promise<{ taskId: OpenTaskInput['taskId'] }> {
  return async (input) => {
    await tell(web, 'open', input);
    // In the history, for a run that a reset makes: there, too, the web has the task under this id.
    return { taskId: input.taskId };
  };
}

export function askTaskActivity(web: ActivityConfig['web']): (input: Said<AskTaskInput>) => Promise<null> {
  return (input) => tell(web, 'ask', input);
}

export function closeTaskActivity(web: ActivityConfig['web']): (input: Said<CloseTaskInput>) => Promise<null> {
  return async (input) => {
    try {
      return await tell(web, 'close', input);
    } catch (error) {
      const { attempt } = Context.current().info;
      if (!(error instanceof ApplicationFailure) || error.type !== 'WebUnavailable' || attempt < ATTEMPTS_TO_CLOSE)
        throw error;
      const message = `The task could not be closed in ${attempt} attempts; the inbox will find out by itself. ${error.message}`;
      throw ApplicationFailure.create({ type: 'WebUnavailable', nonRetryable: true, message });
    }
  };
}

/** The web parses the run that asks as `AskingRun` of app/_contract/inbox.ts. */
async function tell(
  web: ActivityConfig['web'],
  act: 'open' | 'ask' | 'close',
  input: { firstRunId?: string }
): Promise<null> {
  const { firstRunId, ...task } = input;
  const { info } = Context.current();
  const run = info.workflowExecution;
  const asking = {
    ...task,
    namespace: info.namespace,
    workflowId: run?.workflowId,
    runId: firstRunId ?? run?.runId,
    currentRunId: run?.runId,
    workflowType: info.workflowType,
  };
  await callWeb(web, `human-tasks/${act}`, asking, 'HumanTaskRefused');
  return null;
}
