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
import { send } from '../http/send';

/**
 * A run whose published code is older than `firstRunId` does not send it: the current run is then used for the chain.
 */
type Said<Input extends { firstRunId: string }> = Omit<Input, 'firstRunId'> & { firstRunId?: string };

const ANSWER_LIMIT_BYTES = 64 * 1024;
/**
 * With pauses of 1, 2, 4, … seconds this takes about two minutes, and six if every attempt hangs until its timeout.
 */
const ATTEMPTS_TO_CLOSE = 8;
/**
 * The web has read the task and will never accept it in this form. After any other answer, another attempt may
 * succeed.
 */
const FINAL_STATUSES = new Set([400, 409, 413, 422]);

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
  const context = Context.current();
  const { info } = context;
  const run = info.workflowExecution;
  const body = JSON.stringify({
    ...task,
    namespace: info.namespace,
    workflowId: run?.workflowId,
    runId: firstRunId ?? run?.runId,
    currentRunId: run?.runId,
    workflowType: info.workflowType,
  });
  const signals = [context.cancellationSignal, AbortSignal.timeout(info.startToCloseTimeoutMs || 30_000)];
  const received = await send({
    url: new URL(`/api/internal/human-tasks/${act}`, web.url),
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      ...(web.token ? { authorization: `Bearer ${web.token}` } : {}),
    },
    body,
    signal: AbortSignal.any(signals),
    maxResponseBytes: ANSWER_LIMIT_BYTES,
  }).catch(async (error: unknown) => {
    if (context.cancellationSignal.aborted) return await context.cancelled;
    throw unavailable(
      `The web app at ${web.url.origin} cannot be reached: ${error instanceof Error ? error.message : String(error)}`
    );
  });
  if (received.status >= 200 && received.status < 300) return null;
  const said = `The web app at ${web.url.origin} answered ${received.status} to human-tasks/${act}`;
  if (received.status === 401 || received.status === 403) {
    throw unavailable(`${said}: the worker and the web must share BACKSTITCH_INTERNAL_TOKEN.`);
  }
  if (!FINAL_STATUSES.has(received.status)) throw unavailable(`${said}.`);
  throw ApplicationFailure.create({ type: 'HumanTaskRefused', nonRetryable: true, message: `${said}.` });
}

function unavailable(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'WebUnavailable', message });
}
