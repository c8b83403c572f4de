/**
 * The second argument of an activity: the keys by which a service recognises a repeated call, and flags for the
 * treatment of the call.
 *
 * Rules
 * [IK1] The keys of a step are made once, when the step begins, from the run's own `uuid4()`. So they are the same on
 *       every replay and up to the point of a reset, and new after it. They are stored and never computed again:
 *       attempts, undo, look-up and an operator's retries all send the same keys.
 * [IK2] A key is `<namespace>/<workflow id>/<unique part>/<activity id>` in visible ASCII, so that any header can
 *      carry it. One of more than 255 characters is replaced by a digest of itself. Code from before this rule sends
 *      no key; for such runs the activity makes the keys as before (activities/http/keys.ts).
 */
import { uuid4, workflowInfo } from '@temporalio/workflow';
import { sha256 } from './sha256';

/** The second argument of every activity that a step, its undo or its look-up calls. */
export interface ActivityCall {
  /** The key of this call: the same for all its attempts. */
  idempotencyKey: string;
  /** The key of the step that this call undoes or looks up; only undos and look-ups have it. */
  forwardKey?: string;
  /** True if the call may change something. A request that was sent is then never cut short by a cancellation. */
  hasEffect: boolean;
  /**
   * The type of the run that did what this call undoes, if a child handed it over: the operation is the one with which
   * the flow of that run was published.
   */
  madeBy?: string;
  /** JSON Schema of the output; an answer that does not match fails the call. Undefined: nothing is declared. */
  output?: unknown;
}

/** One key for each call that a step can make. */
export interface StepKeys {
  do: string;
  undo: string;
  check: string;
}

/** The usual maximum of services for an idempotency key. */
export const LONGEST_KEY = 255;

/** [IK1] Call it once, when the step begins. */
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

/**
 * Header values are ASCII; ids may have other characters. '%' is encoded too, so that two ids never give the same
 * key.
 */
export function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]|%/gu, (character) => encodeURIComponent(character));
}
