/**
 * What a saga gives an activity beside its input: the keys by which a service recognises a repeated call, and how the call is to be
 * treated. It is the activity's second argument.
 *
 * Rules
 * [IK1] The keys of a step are made once, when the step begins, from the run's own `uuid4()`. So they are the same on every replay and
 *      up to the point of a reset, and new after it. They are kept, and never computed again: attempts, undo, look-up and an operator's
 *      retries all send what was made then.
 * [IK2] A key is `<namespace>/<workflow id>/<unique part>/<activity id>` in visible ASCII, so that any header can carry it. One of more
 *      than 255 characters is replaced by a digest of itself.
 * Runs whose code is older send no key; the activity makes theirs as it always did (activities/http/keys.ts).
 */
import { uuid4, workflowInfo } from '@temporalio/workflow';
import { sha256 } from './sha256';

/** The second argument of every activity that a step, its undo or its look-up calls. */
export interface ActivityCall {
  /** Of this call: the same across its attempts. */
  idempotencyKey: string;
  /** Of the step that this call undoes or looks up; only they have it. */
  forwardKey?: string;
  /** May the call change anything? Then a request that was sent is never cut short by a cancellation. */
  hasEffect: boolean;
  /** JSON Schema of the output; an answer that does not fit fails the call. Undefined: nothing is declared. */
  output?: unknown;
}

/** One key for each call that a step can lead to. */
export interface StepKeys {
  do: string;
  undo: string;
  check: string;
}

/** What services commonly take as an idempotency key. */
export const LONGEST_KEY = 255;

/** [IK1] To be called once, when the step begins. */
export function newKeys(nodeId: string): StepKeys {
  const { namespace, workflowId } = workflowInfo();
  const unique = `${namespace}/${workflowId}/${uuid4()}`;
  return {
    do: boundedKey(`${unique}/${nodeId}`),
    undo: boundedKey(`${unique}/${nodeId}:undo`),
    check: boundedKey(`${unique}/${nodeId}:check`),
  };
}

/** [IK2] */
export function boundedKey(text: string): string {
  const key = headerText(text);
  return key.length > LONGEST_KEY ? `sha256/${sha256(text)}` : key;
}

/** Header values are ASCII; ids need not be. '%' is encoded too, so that two ids never become one key. */
export function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]|%/gu, (character) => encodeURIComponent(character));
}
