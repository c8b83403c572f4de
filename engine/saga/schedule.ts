/**
 * Schedules activities after measuring their input. A command that is too large, or whose data cannot be encoded,
 * would fail the workflow task again and again, and on some servers close the run without running its code. Here only
 * the step fails, with a message that names it.
 */
import { ApplicationFailure, scheduleActivity as schedule, type ActivityOptions } from '@temporalio/workflow';
import { marked } from './exact';

/** Servers accept 2 MiB for all payloads of a command; the rest is left for headers and the metadata of payloads. */
const MAX_BYTES = 2 * 1024 * 1024 - 16 * 1024;
/** Longer messages of failures are cut, because the size of a run's failure is limited like that of payloads. */
const MAX_MESSAGE = 100_000;

/** The type of the failure below: nothing was sent, and the same data can never be sent. */
export const UNSENDABLE = 'UnsendableData';

/** Why these values cannot be sent, null if they can. */
function refusalOf(values: readonly unknown[]): string | null {
  let bytes = 0;
  for (const value of values) {
    let text: string | undefined;
    try {
      text = JSON.stringify(value);
    } catch (error) {
      return `cannot be encoded: ${error instanceof Error ? error.message : String(error)}`;
    }
    const lost = text?.includes('null') ? notInJson(value) : null;
    if (lost) return `cannot be sent: ${lost}`;
    if (text === undefined) continue;
    // A UTF-16 unit needs three bytes at most, so short texts need no exact count.
    bytes += text.length * 3 <= MAX_BYTES / values.length ? text.length : new TextEncoder().encode(text).length;
  }
  return bytes > MAX_BYTES ? `has ${bytes} bytes; at most ${MAX_BYTES} can be sent` : null;
}

/** JSON has no Infinity and no NaN: a service would get `null` in their place. Null if the value has none of them. */
function notInJson(value: unknown, path = ''): string | null {
  if (typeof value === 'number' && !Number.isFinite(value))
    return `${path ? `'${path}'` : 'it'} is ${value}, which is no number. Was something divided by zero?`;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, inner] of Object.entries(value)) {
    const found = notInJson(inner, path ? `${path}.${name}` : name);
    if (found) return found;
  }
  return null;
}

export const isSendable = (values: readonly unknown[]): boolean => refusalOf(values) === null;

/** Throws a non-retryable failure if these values cannot be sent. `what`: 'The output of the flow'. */
export function demandSendable(values: readonly unknown[], what: string): void {
  const refusal = refusalOf(values);
  if (refusal)
    throw ApplicationFailure.nonRetryable(`${what} ${refusal}${refusal.endsWith('?') ? '' : '.'}`, UNSENDABLE);
}

export function isUnsendable(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === UNSENDABLE;
}

/** As the function of the workflow library; rejects with a failure of type UNSENDABLE before anything is scheduled. */
export async function scheduleActivity<Output>(
  activity: string,
  args: unknown[],
  options: ActivityOptions & { activityId: string }
): Promise<Output> {
  demandSendable(args, `The input of '${options.activityId}'`);
  return schedule<Output>(activity, args.map(marked), options);
}

/** A message, short enough for the failure of a run. */
export function shortMessage(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE)}… (${message.length} characters)`;
}
