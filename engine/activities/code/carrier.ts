/**
 * A call of a function of the operator's own folder, in a process of its own (own-processes.ts).
 *
 * Invariants:
 * - Nothing happened before the call was handed to a process that had loaded the function. After that every end but the
 *   function's own answer, or its NotApplied, leaves the outcome unknown: also the end of its process.
 * - A cancellation is passed to the function, which decides what it means. Nobody else cuts it short.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { readPayload } from '../../flow/values/json';
import type { Carrier } from '../carrier';
import { failure } from '../http/failure';
import { keysOf } from '../http/keys';
import { misfitsOf } from '../http/response-schema';
import type { AttemptData, ThrownByCode } from './messages';

/** Below the engine's payload limit of 2 MB. */
const LARGEST_OUTPUT = 1_000_000;
/** For a function whose time is over. */
const GRACE_MS = 5_000;

export const code: Carrier<'code'> = {
  async call({ call, output }, _connection, { ownCode, masking }, input, meta, progress) {
    const misfit = misfitsOf(output, 'the output');
    const { idempotencyKey, forwardKey } = keysOf(meta);
    const context = Context.current();
    const process = await folderOf(ownCode).processFor(call.function);
    if (context.cancellationSignal.aborted) return await context.cancelled;
    const argument = {
      ...(input as object | null),
      ...(call.keyField === undefined ? {} : { [call.keyField]: idempotencyKey }),
      ...(call.forwardKeyField === undefined ? {} : { [call.forwardKeyField]: forwardKey }),
    };
    progress.sending();
    const running = process.run(
      {
        function: call.function,
        input: JSON.stringify(argument),
        keys: { idempotencyKey, ...(forwardKey === undefined ? {} : { forwardKey }) },
        info: attemptData(context),
      },
      {
        onHeartbeat: (details) => context.heartbeat(details),
        onLog: (level, message, more) => context.log[level](masking.hide(message), more),
      }
    );
    let timer: NodeJS.Timeout | undefined;
    const cancel = () => {
      const reason = reasonOf(context.cancellationSignal);
      running.cancel(reason);
      if (reason !== 'TIMED_OUT') return;
      timer = setTimeout(() => running.giveUp('it did not end after its time was over'), GRACE_MS);
    };
    context.cancellationSignal.addEventListener('abort', cancel, { once: true });
    const end = await running.end;
    context.cancellationSignal.removeEventListener('abort', cancel);
    clearTimeout(timer);
    if (end.kind === 'cancelled') return await context.cancelled;
    if (end.kind === 'lost')
      throw failure('ProcessLost', false, `The process of '${call.function}' ended while it ran: ${end.why}.`);
    if (end.thrown) throw asFailure(end.thrown, (text) => masking.hide(text));
    const text = end.output ?? 'null';
    if (text.length > LARGEST_OUTPUT)
      throw failure('ResponseTooLarge', true, `'${call.function}' returned more than ${LARGEST_OUTPUT / 1e6} MB.`);
    const value = readPayload(text);
    const problem = misfit(value);
    if (problem !== null)
      throw failure('ResponseInvalid', true, `What '${call.function}' returned does not fit its type: ${problem}.`);
    return value;
  },
  /** The folder is read again. The answer is its state, as JSON. */
  async test(_connection, { ownCode }, progress) {
    progress.sending();
    return JSON.stringify(await folderOf(ownCode).readAgain());
  },
};

function folderOf<T>(ownCode: T | undefined): T {
  if (ownCode !== undefined) return ownCode;
  throw failure('FolderMissing', false, 'This engine was started without a folder of activities.');
}

function asFailure({ message, type, nonRetryable, details, nextRetryDelayMs, ...more }: ThrownByCode, hide: Hide) {
  const made = ApplicationFailure.create({
    type,
    nonRetryable,
    message: hide(message),
    details,
    nextRetryDelay: nextRetryDelayMs,
  });
  made.stack = hide(more.stack);
  return made;
}
type Hide = (text: string) => string;

const reasonOf = ({ reason }: AbortSignal): string =>
  reason instanceof Error && reason.message !== '' ? reason.message : 'CANCELLED';

function attemptData({ info }: Context): AttemptData {
  const { heartbeatDetails } = info;
  // What this process itself noted is not the function's (http/not-sent.ts).
  const isNote =
    typeof heartbeatDetails === 'object' && heartbeatDetails !== null && 'sentNothingIn' in heartbeatDetails;
  return {
    activityId: info.activityId,
    activityType: info.activityType,
    attempt: info.attempt,
    namespace: info.namespace ?? '',
    workflowType: info.workflowType ?? '',
    workflowExecution: info.workflowExecution,
    taskQueue: info.taskQueue,
    scheduledTimestampMs: info.scheduledTimestampMs,
    currentAttemptScheduledTimestampMs: info.currentAttemptScheduledTimestampMs,
    scheduleToCloseTimeoutMs: info.scheduleToCloseTimeoutMs,
    startToCloseTimeoutMs: info.startToCloseTimeoutMs,
    heartbeatTimeoutMs: info.heartbeatTimeoutMs,
    ...(isNote ? {} : { heartbeatDetails: heartbeatDetails as unknown }),
  };
}
