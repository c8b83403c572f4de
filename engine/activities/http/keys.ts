/**
 * The idempotency keys of a call, and the placeholders by which older code asked for them elsewhere than in the headers.
 *
 * Code of document format 2 puts the keys into the input itself, where they were drawn, and says its key in the call (engine/saga/call.ts).
 * Its input is data: nothing in it is searched. Code of format 1 says no key; its key is made here as it always was, since a call that is
 * repeated after an update must carry the same one, and its input is searched for placeholders, as was promised then.
 */
import { Context } from '@temporalio/activity';
import { headerText, type ActivityCall } from '../../saga/call';
import { invalid } from './failure';

/** What an activity is given beside its input; code of format 1 gives at most the forward key. */
export type ActivityMeta = Partial<ActivityCall>;

export interface Keys {
  idempotencyKey: string;
  forwardKey: string | undefined;
  /** Is the input searched for placeholders? */
  placeholders: boolean;
}

export function keysOf(meta: ActivityMeta): Keys {
  const { idempotencyKey, forwardKey } = meta;
  if (idempotencyKey !== undefined) return { idempotencyKey, forwardKey, placeholders: false };
  return { idempotencyKey: keyOfFormat1(), forwardKey: forwardKey && headerText(forwardKey), placeholders: true };
}

/** `<namespace>/<workflow id>/<run id>/<activity id>`: the same across attempts, restarts and operator retries. */
function keyOfFormat1(): string {
  const { info } = Context.current();
  const run = info.workflowExecution;
  return headerText([info.namespace, run?.workflowId ?? '', run?.runId ?? '', info.activityId].join('/'));
}

/** `{idempotencyKey}` and `{forwardKey}`, wherever a service wants them. */
export function fillText(text: string, keys: Keys, encode: (key: string) => string = (key) => key): string {
  if (!keys.placeholders) return text;
  return text.replace(/\{(idempotencyKey|forwardKey)\}/g, (_whole, name: 'idempotencyKey' | 'forwardKey') => {
    const key = keys[name];
    if (key === undefined) throw invalid('{forwardKey} can be used only in an undo or a look-up.');
    return encode(key);
  });
}

/** In a body only whole strings are replaced: what people write about keys is theirs. */
export function fill(value: unknown, keys: Keys): unknown {
  if (!keys.placeholders) return value;
  if (typeof value === 'string') return /^\{(idempotencyKey|forwardKey)\}$/.test(value) ? fillText(value, keys) : value;
  if (Array.isArray(value)) return value.map((item) => fill(item, keys));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fill(part, keys)]));
}
